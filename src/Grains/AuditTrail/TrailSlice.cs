namespace Replays.Grains.AuditTrail;

/// <summary>A part of an audit trail, newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">Where the next read continues; null at the beginning of the trail.</param>
[GenerateSerializer, Immutable, Alias("replays.trail-slice")]
public sealed record TrailSlice([property: Id(0)] ImmutableArray<TrailItem> Items, [property: Id(1)] long? Next);
