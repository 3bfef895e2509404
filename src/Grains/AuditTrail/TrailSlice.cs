using System.Collections.Immutable;

namespace Replays.Grains.AuditTrail;

/// <summary>A part of a trail, newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">What to go back from for more; null at the beginning of the trail.</param>
[GenerateSerializer, Immutable, Alias("replays.trail-slice")]
public sealed record TrailSlice([property: Id(0)] ImmutableArray<TrailItem> Items, [property: Id(1)] long? Next);

/// <summary>One entry as the trail holds it.</summary>
/// <param name="Number">1, 2, 3 … in the order of appending.</param>
/// <param name="RecordedAt">When it was appended.</param>
/// <param name="Entry">What it says; null once erased.</param>
[GenerateSerializer, Immutable, Alias("replays.trail-item")]
public sealed record TrailItem(
    [property: Id(0)] long Number,
    [property: Id(1)] DateTimeOffset RecordedAt,
    [property: Id(2)] AuditEntry? Entry);
