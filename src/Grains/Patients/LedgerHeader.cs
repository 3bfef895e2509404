using Replays.Grains.AuditTrail;

namespace Replays.Grains.Patients;

/// <summary>The stored header of a patient's ledger, format version 1.</summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-header")]
public sealed record LedgerHeader
{
    public const string StateName = "ledger-header";

    /// <summary>The patient's full name, compared by the record safeguard.</summary>
    [Id(0)] public string Owner { get; init; } = "";

    /// <summary>The last page that may exist; written before the page itself.</summary>
    [Id(1)] public int LastPage { get; init; }

    /// <summary>While set, nothing of this patient is destroyed.</summary>
    [Id(2)] public LegalHold? LegalHold { get; init; }

    /// <summary>Audit entries of changes in this record that may not be published yet.</summary>
    [Id(3)] public ImmutableArray<AuditEntry> Outbox { get; init; } = [];

    /// <summary>An erasure is in progress, if the stop list confirms it; until it is complete nothing new is accepted.</summary>
    [Id(4)] public bool IsErasing { get; init; }

    /// <summary>When the last erasure completed.</summary>
    [Id(5)] public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>The last consultation number at that time: numbers are never reused.</summary>
    [Id(6)] public int LastErasedNumber { get; init; }
}
