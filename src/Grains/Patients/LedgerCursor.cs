namespace Replays.Grains.Patients;

/// <summary>A position in a patient's ledger: everything listed so far is at or above it.</summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-cursor")]
public readonly record struct LedgerCursor([property: Id(0)] int Number, [property: Id(1)] int Ordinal);
