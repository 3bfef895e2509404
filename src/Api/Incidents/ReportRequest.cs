using System.ComponentModel.DataAnnotations;

namespace Replays.Api.Incidents;

public enum ReportReason
{
    /// <summary>It is another person's consultation.</summary>
    NotMine,

    /// <summary>The content does not match the title.</summary>
    WrongContent,

    Other,
}

/// <summary>A report of the replay in the path.</summary>
public sealed record ReportRequest
{
    public const int MaxComment = 2_000;

    public required ReportReason Reason { get; init; }

    [StringLength(MaxComment), PlainText]
    public string? Comment { get; init; }
}

/// <summary>A report of several of a patient's own replays, which opens one incident.</summary>
public sealed record BulkReportRequest
{
    /// <summary>Ids, or <c>"all"</c>.</summary>
    public required ReplaySelection Replays { get; init; }
    public required ReportReason Reason { get; init; }

    [StringLength(ReportRequest.MaxComment), PlainText]
    public string? Comment { get; init; }
}
