using System.Collections.Immutable;
using Replays.Grains.Identity;

namespace Replays.Grains.Incidents;

/// <summary>An incident as the log knows it.</summary>
/// <param name="Report">How it came to be known.</param>
/// <param name="Recordings">All recordings that are in it by now.</param>
/// <param name="IsOpen">Not resolved.</param>
/// <param name="DueAt">When the regulator must know; null: no deadline.</param>
/// <param name="Occurrences">How often the same cause came.</param>
public sealed record IncidentSummary(
    IncidentReport Report, ImmutableArray<RecordingId> Recordings, bool IsOpen, DateTimeOffset? DueAt, long Occurrences)
{
    /// <summary>The incident as far as it is known without its grain.</summary>
    public Incident AsReported() => new()
    {
        Report = Report,
        Kind = Incident.KindOf(Report.Source),
        AwareAt = Report.ReportedAt,
        Recordings = Recordings,
        Record = new(),
        Occurrences = Occurrences,
    };

    public IncidentCursor Cursor => new(IsOpen, DueAt, Report.Id);
}

/// <summary>A place in the list of incidents.</summary>
public sealed record IncidentCursor(bool IsOpen, DateTimeOffset? DueAt, string Id);
