using System.Text.Json.Serialization;

namespace Replays.Data.OwnershipAudit;

/// <summary>The result of a completed ownership audit.</summary>
public sealed record AuditResult
{
    /// <summary>Consecutive, starting with 1, in order of completion.</summary>
    public required long Number { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }

    [JsonPropertyName("checked")]
    public required AuditCounts Counts { get; init; }

    /// <summary>The number of all findings by kind.</summary>
    public required ImmutableSortedDictionary<string, long> Kinds { get; init; }

    /// <summary>The findings, at most <see cref="Findings.MaxNamed"/>.</summary>
    public required ImmutableArray<AuditFinding> Findings { get; init; }

    [JsonPropertyName("clean")]
    public bool IsClean => Kinds.IsEmpty;
}
