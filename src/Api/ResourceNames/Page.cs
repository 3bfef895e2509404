namespace Replays.Api.ResourceNames;

/// <summary>Part of a list. There may be fewer items than asked for, even none, while <paramref name="Next"/> is set; it is null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
