namespace Replays.Grains.Patients;

/// <summary>Up to <see cref="ReplayQuery.Limit"/> replays; possibly fewer, even none, while <see cref="Next"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("replays.replay-page")]
public sealed record ReplayPage([property: Id(0)] ImmutableArray<ListedReplay> Items, [property: Id(1)] LedgerCursor? Next);
