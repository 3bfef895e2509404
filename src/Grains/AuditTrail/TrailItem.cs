namespace Replays.Grains.AuditTrail;

/// <summary>An entry with its place in the audit trail.</summary>
/// <param name="Number">1, 2, 3 … in the order of appending.</param>
/// <param name="Entry">The content; null once erased.</param>
[GenerateSerializer, Immutable, Alias("replays.trail-item")]
public sealed record TrailItem(
    [property: Id(0)] long Number, [property: Id(1)] DateTimeOffset RecordedAt, [property: Id(2)] AuditEntry? Entry);
