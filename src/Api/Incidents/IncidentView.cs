using Replays.Grains.Incidents;

namespace Replays.Api.Incidents;

public enum IncidentStatus
{
    Open,
    Resolved,
}
/// <param name="AwareAt">When the 72 hours start.</param>
/// <param name="ReportDueAt">The deadline for notifying the regulator (GDPR Art. 33(1)); null if there is none.</param>
/// <param name="Cause">The full name of what a safeguard denied or an audit found.</param>
/// <param name="Times">How often the same cause occurred.</param>
/// <param name="Recordings">Full names; at most 100 per incident in the list of incidents.</param>
public sealed record IncidentView(
    string Id,
    IncidentStatus Status,
    IncidentKind Kind,
    DateTimeOffset ReportedAt,
    DateTimeOffset AwareAt,
    DateTimeOffset? ReportDueAt,
    IncidentSource Source,
    Actor ReportedBy,
    string Reason,
    string? Comment,
    string? Cause,
    long Times,
    ImmutableArray<RecordingId> Recordings,
    IncidentRecord Record,
    Resolution? Resolution,
    IReadOnlyList<StepView> Steps)
{
    public static IncidentView Of(Incident incident) => new(
        incident.Report.Id, incident.IsOpen ? IncidentStatus.Open : IncidentStatus.Resolved, incident.Kind, incident.Report.ReportedAt,
        incident.AwareAt, incident.ReportDueAt, incident.Report.Source, incident.Report.By, incident.Report.Reason,
        incident.Report.Comment, incident.Report.Cause, incident.Occurrences, incident.Recordings, incident.Record, incident.Resolution,
        [.. incident.Steps.Select(step => new StepView(step.Kind, step.At, step.By, step.Detail))]);
}

public sealed record StepView(string Kind, DateTimeOffset At, Actor By, string? Detail);
