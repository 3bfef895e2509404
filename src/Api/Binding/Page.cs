namespace Replays.Api.Binding;

/// <summary>
/// A page of a list. It can have fewer items than requested, even none, while there are more; <paramref name="Next"/> is null at the end.
/// </summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
