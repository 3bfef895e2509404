using System.ComponentModel.DataAnnotations;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents;

/// <summary>Additions and corrections to an incident; what is omitted stays unchanged.</summary>
public sealed record AmendRequest
{
    public IncidentKind? Kind { get; init; }

    /// <summary>When the 72 hours start. Not in the future.</summary>
    public DateTimeOffset? AwareAt { get; init; }
    public IncidentRecord? Record { get; init; }
}

public sealed record ResolveRequest
{
    public required IncidentOutcome Outcome { get; init; }

    [StringLength(ReportRequest.MaxComment, MinimumLength = 1), PlainText]
    public required string Note { get; init; }
}
