using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Api.Json;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents;

/// <summary>"This is not mine": reports of replays, by the patient, the clinician and the officer.</summary>
public static class ReportEndpoints
{
    public static void MapReports(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/v1/me").WithTags("My replays").RequireRoles(Roles.Patient);
        own.MapPost("/replays/{id}/report", ReportOwn).WithSummary("Something is wrong with this replay: it is gone from everywhere before the answer.")
            .ProducesProblems(ProblemKind.NotFound).LimitReports();
        own.MapPost("/report", ReportMany).WithSummary("Something is wrong with these replays, or all: one incident for all of them.")
            .ProducesProblems(ProblemKind.NotFound).LimitReports();
        own.MapGet("/reports", ListOwn).WithSummary("My reports, newest first, and what became of them.");
        app.MapPost("/v1/patients/{patient}/replays/{id}/report", ReportAsStaff).WithTags("Staff").RequireRoles(Roles.Clinician, Roles.PrivacyOfficer)
            .WithSummary("Something is wrong with a patient's replay.").ProducesProblems(ProblemKind.NotFound).LimitReports();
    }

    private static async Task<Results<Accepted<ReportedView>, Problem>> ReportOwn(
        OwnReplay own, ReportRequest request, ReportService desk, CancellationToken cancellation) =>
        await desk.Find([own.Id], _ => true, cancellation) is { } found
            ? await Report(desk, found, IncidentSource.Patient, request.Reason, request.Comment, own.By, cancellation)
            : new Problem(ProblemKind.NotFound);

    private static async Task<Results<Accepted<ReportedView>, Problem>> ReportMany(
        CurrentPatient reader, ManyReportRequest request, ReportService desk, CancellationToken cancellation)
    {
        ImmutableArray<RecordingId>? found;
        if (request.Replays.Ids is not { } ids)
            found = await desk.FindAll(reader.Patient, cancellation);
        else if (Parse(reader.Patient, ids) is { } replays)
            found = await desk.Find(replays, _ => true, cancellation);
        else
            found = null;
        return found is { } recordings
            ? await Report(desk, recordings, IncidentSource.Patient, request.Reason, request.Comment, reader.Actor, cancellation)
            : new Problem(ProblemKind.NotFound);
    }

    private static async Task<Results<Accepted<ReportedView>, Problem>> ReportAsStaff(
        ReplayPath path, ReportRequest request, CurrentUser caller, ReportService desk, CancellationToken cancellation)
    {
        // Who is both reports as the officer that they are: an officer may report any.
        var isOfficer = caller.Has(Roles.PrivacyOfficer);
        var by = caller.As(isOfficer ? Roles.PrivacyOfficer : Roles.Clinician);
        return await desk.Find([path.Id], listed => isOfficer || listed.Booking.Clinician.Id == caller.Subject, cancellation) is { } found
            ? await Report(desk, found, isOfficer ? IncidentSource.Officer : IncidentSource.Clinician, request.Reason, request.Comment, by, cancellation)
            : new Problem(ProblemKind.NotFound);
    }

    private static async Task<Ok<Page<OwnReportView>>> ListOwn(
        CurrentPatient reader, IIncidentLog log, IGrainFactory grains, CancellationToken cancellation)
    {
        var reported = await log.FindByReporter(reader.Patient.Value, cancellation);
        var own = reported.Where(incident => incident.Report.Source is IncidentSource.Patient).ToList();
        var incidents = await Task.WhenAll(own.Select(incident => ReadRetry.WithRetry(() => grains.Incident(incident.Report.Id).Get(cancellation))));
        return TypedResults.Ok(new Page<OwnReportView>([.. own.Zip(incidents, OwnReportView.Of)], null));
    }

    private static async Task<Results<Accepted<ReportedView>, Problem>> Report(
        ReportService desk, ImmutableArray<RecordingId> recordings, IncidentSource source, ReportReason reason, string? comment, Actor by,
        CancellationToken cancellation) =>
        await desk.Report(recordings, source, KebabCaseEnum<ReportReason>.Format(reason), comment, by, cancellation) is { } incident
            ? TypedResults.Accepted((string?)null, new ReportedView(incident))
            : new Problem(ProblemKind.NotFound);

    /// <returns>Null: one of them can't be.</returns>
    private static List<RecordingId>? Parse(PatientId patient, IReadOnlyList<string> ids)
    {
        var replays = new List<RecordingId>();
        foreach (var id in ids)
        {
            if (!RecordingId.TryParseReplayId(patient, id, out var replay))
                return null;
            replays.Add(replay);
        }
        return replays;
    }
}

/// <summary>A report was taken.</summary>
/// <param name="Incident">The incident's id, to refer to.</param>
public sealed record ReportedView(string Incident);

/// <summary>What a patient reported, and what became of it.</summary>
/// <param name="Incident">The incident's id.</param>
/// <param name="ReportedAt">When.</param>
/// <param name="Reason">As they said.</param>
/// <param name="Comment">As they said.</param>
/// <param name="Replays">Their replays in it, at most 100.</param>
/// <param name="Status"><c>open</c>, <c>restored</c> or <c>withdrawn</c>.</param>
/// <param name="ResolvedAt">When it was resolved.</param>
public sealed record OwnReportView(
    string Incident, DateTimeOffset ReportedAt, string Reason, string? Comment, IReadOnlyList<string> Replays, string Status, DateTimeOffset? ResolvedAt)
{
    public static OwnReportView Of(IncidentSummary logged, Incident? incident) => new(
        logged.Report.Id,
        logged.Report.ReportedAt,
        logged.Report.Reason,
        logged.Report.Comment,
        [.. logged.Recordings.Where(recording => recording.Patient.Value == logged.Report.By.Subject).Select(recording => recording.ReplayId)],
        incident?.Resolution is { } resolution ? KebabCaseEnum<IncidentOutcome>.Format(resolution.Outcome) : "open",
        incident?.Resolution?.At);
}
