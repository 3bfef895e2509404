namespace Replays.Grains.Patients;

/// <summary>A patient's head record, format version 1: where the ledger ends.</summary>
[GenerateSerializer, Immutable, Alias("replays.patient-head")]
public sealed record PatientHead
{
    /// <summary>The patient's full name: what the record lock compares.</summary>
    [Id(0)]
    public string Owner { get; init; } = "";

    /// <summary>The last page that may hold anything; written before the page itself.</summary>
    [Id(1)]
    public int LastPage { get; init; }

    /// <summary>Nothing of this patient's is destroyed while set.</summary>
    [Id(2)]
    public LegalHold? Hold { get; init; }
}
