namespace Replays.Grains.AuditTrail;

/// <summary>The stored length and last hash of an audit trail. It reveals a truncated trail.</summary>
[GenerateSerializer, Immutable, Alias("replays.trail-head")]
public sealed record TrailHead
{
    [Id(0)] public required string Owner { get; init; }
    [Id(1)] public required long Count { get; init; }
    [Id(2)] public required byte[] Hash { get; init; }
}
