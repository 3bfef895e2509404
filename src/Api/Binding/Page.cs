namespace Replays.Api.Binding;

/// <summary>A page of a list; possibly shorter than requested, even empty. <paramref name="Next"/> is null only at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
