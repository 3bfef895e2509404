namespace Replays.Grains.Patients;

/// <summary>A part of a patient's ledger, newest first.</summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-slice")]
public sealed record LedgerSlice([property: Id(0)] ImmutableArray<LedgerEntry> Items, [property: Id(1)] LedgerCursor? Next);
