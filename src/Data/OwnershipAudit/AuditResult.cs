using System.Collections.Immutable;

namespace Replays.Data.OwnershipAudit;

/// <summary>What an ownership audit came to.</summary>
public sealed record AuditResult
{
    /// <summary>1, 2, 3 … in the order in which audits ended.</summary>
    public required long Number { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    public required AuditCounts Counts { get; init; }

    /// <summary>Findings by kind: all of them are counted.</summary>
    public required ImmutableSortedDictionary<string, long> Kinds { get; init; }

    /// <summary>The findings, by name; at most <see cref="Findings.MaxNamed"/>.</summary>
    public required ImmutableArray<AuditFinding> Findings { get; init; }

    public bool IsClean => Kinds.IsEmpty;
}
