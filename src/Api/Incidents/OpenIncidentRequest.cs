using System.ComponentModel.DataAnnotations;

namespace Replays.Api.Incidents;

public sealed record OpenIncidentRequest
{
    [StringLength(ReportRequest.MaxComment, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    /// <summary>Full names of recordings to quarantine.</summary>
    [MaxLength(ReplaySelection.MaxIds)]
    public RecordingId[] Recordings { get; init; } = [];
}

public sealed record AddRecordingsRequest
{
    /// <summary>Full names of recordings to quarantine.</summary>
    [MinLength(1), MaxLength(ReplaySelection.MaxIds)]
    public required RecordingId[] Recordings { get; init; }

    [StringLength(ReportRequest.MaxComment), PlainText]
    public string? Reason { get; init; }
}
