using System.Collections.Immutable;
using Replays.Grains;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents;

/// <summary>Whether an incident is still to be dealt with.</summary>
public enum IncidentStatus
{
    Open,

    Resolved,
}

/// <summary>An incident, as the officer sees it.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Status">Whether it is still to be dealt with.</param>
/// <param name="Kind">What it is taken for.</param>
/// <param name="ReportedAt">When it was reported, or noticed.</param>
/// <param name="AwareAt">From when the 72 hours run.</param>
/// <param name="ReportDueAt">When the regulator must know (GDPR Art. 33(1)); null: no deadline.</param>
/// <param name="Source">Who or what noticed.</param>
/// <param name="ReportedBy">Who reported it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Comment">In the reporter's words.</param>
/// <param name="Cause">The name of what a lock refused or an audit found.</param>
/// <param name="Times">How often the same cause came.</param>
/// <param name="Recordings">Full names; in the list of incidents at most 100 of each.</param>
/// <param name="Record">What the regulator's form asks.</param>
/// <param name="Resolution">Null while open.</param>
/// <param name="Steps">What was done, in order.</param>
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
        incident.Report.Id,
        incident.IsOpen ? IncidentStatus.Open : IncidentStatus.Resolved,
        incident.Kind,
        incident.Report.ReportedAt,
        incident.AwareAt,
        incident.ReportDueAt,
        incident.Report.Source,
        incident.Report.By,
        incident.Report.Reason,
        incident.Report.Comment,
        incident.Report.Cause,
        incident.Occurrences,
        incident.Recordings,
        incident.Record,
        incident.Resolution,
        [.. incident.Steps.Select(step => new StepView(step.Kind, step.At, step.By, step.Detail))]);
}

/// <summary>Something that was done about an incident.</summary>
public sealed record StepView(string Kind, DateTimeOffset At, Actor By, string? Detail);
