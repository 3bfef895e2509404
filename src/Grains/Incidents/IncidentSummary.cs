namespace Replays.Grains.Incidents;

/// <summary>An incident in the incident log.</summary>
/// <param name="Report">The report that opened it.</param>
/// <param name="Recordings">All its recordings so far.</param>
/// <param name="IsOpen">Not resolved.</param>
/// <param name="DueAt">The deadline for notifying the regulator; null when there is none.</param>
/// <param name="Occurrences">How often its cause has occurred.</param>
public sealed record IncidentSummary(
    IncidentReport Report, ImmutableArray<RecordingId> Recordings, bool IsOpen, DateTimeOffset? DueAt, long Occurrences)
{
    /// <summary>The incident as reported, before its grain has processed it.</summary>
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
