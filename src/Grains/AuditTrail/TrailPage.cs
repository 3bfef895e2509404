namespace Replays.Grains.AuditTrail;

/// <summary>A stored page of an audit trail.</summary>
[GenerateSerializer, Immutable, Alias("replays.trail-page")]
public sealed record TrailPage
{
    /// <summary>The patient's full name, so that a page stored under another key is rejected.</summary>
    [Id(0)] public required string Owner { get; init; }
    [Id(1)] public required int Number { get; init; }
    [Id(2)] public ImmutableArray<ChainedEntry> Entries { get; init; } = [];
}
