using System.Collections.Immutable;
using Replays.Grains.AuditTrail;

namespace Replays.Grains.Patients;

/// <summary>A patient's head record, format version 1: where the ledger ends.</summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-header")]
public sealed record LedgerHeader
{
    /// <summary>The patient's full name: what the record lock compares.</summary>
    [Id(0)]
    public string Owner { get; init; } = "";

    /// <summary>The last page that may hold anything; written before the page itself.</summary>
    [Id(1)]
    public int LastPage { get; init; }

    /// <summary>Nothing of this patient's is destroyed while set.</summary>
    [Id(2)]
    public LegalHold? LegalHold { get; init; }

    /// <summary>Audit entries of changes in this record that the trail may not have yet.</summary>
    [Id(3)]
    public ImmutableArray<AuditEntry> Outbox { get; init; } = [];

    /// <summary>Everything is being erased, if the stop list says so too; until that is done nothing new is taken.</summary>
    [Id(4)]
    public bool IsErasing { get; init; }

    /// <summary>When everything up to then had been erased: all that is left of it.</summary>
    [Id(5)]
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>The last consultation's number by then: none is given twice.</summary>
    [Id(6)]
    public int LastErasedNumber { get; init; }
}
