using System.ComponentModel.DataAnnotations;
using Replays.Api.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents;

/// <summary>What is wrong with a replay.</summary>
public enum ReportReason
{
    /// <summary>It is somebody else's consultation.</summary>
    NotMine,

    /// <summary>It is not what its title says.</summary>
    WrongContent,

    Other,
}

/// <summary>A report of one replay, which the path names.</summary>
public sealed record ReportRequest
{
    public const int MaxComment = 2_000;

    public required ReportReason Reason { get; init; }

    [StringLength(MaxComment), PlainText]
    public string? Comment { get; init; }
}

/// <summary>A report of several of one's own replays: one incident for all of them.</summary>
public sealed record ManyReportRequest
{
    /// <summary>Ids, or <c>"all"</c>.</summary>
    public required ReplaySelection Replays { get; init; }

    public required ReportReason Reason { get; init; }

    [StringLength(ReportRequest.MaxComment), PlainText]
    public string? Comment { get; init; }
}

/// <summary>An incident that the officer opens.</summary>
public sealed record OpenIncidentRequest
{
    [StringLength(ReportRequest.MaxComment, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    /// <summary>Full names; they are quarantined.</summary>
    [MaxLength(ReplaySelection.MaxIds)]
    public RecordingId[] Recordings { get; init; } = [];
}

/// <summary>Recordings that belong to an incident too.</summary>
public sealed record AddRecordingsRequest
{
    /// <summary>Full names; they are quarantined.</summary>
    [MinLength(1), MaxLength(ReplaySelection.MaxIds)]
    public required RecordingId[] Recordings { get; init; }

    [StringLength(ReportRequest.MaxComment), PlainText]
    public string? Reason { get; init; }
}

/// <summary>What becomes of an incident's recordings.</summary>
public sealed record ResolveRequest
{
    public required IncidentOutcome Outcome { get; init; }

    [StringLength(ReportRequest.MaxComment, MinimumLength = 1), PlainText]
    public required string Note { get; init; }
}

/// <summary>What the officer adds to or corrects in an incident; what is left out stays.</summary>
public sealed record AmendRequest
{
    public IncidentKind? Kind { get; init; }

    /// <summary>From when the 72 hours run. Not in the future.</summary>
    public DateTimeOffset? AwareAt { get; init; }

    public IncidentRecord? Record { get; init; }
}
