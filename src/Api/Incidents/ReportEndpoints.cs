using Replays.Api.Json;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents;

/// <summary>Reports of replays by the patient, the clinician or the privacy officer.</summary>
public static class ReportEndpoints
{
    public static void MapReports(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/v1/me").WithTags("My replays").RequireRoles(Roles.Patient);
        own.MapPost("/replays/{id}/report", ReportOwn)
            .WithSummary("Reports a problem with one of my replays. It is hidden everywhere before the response.")
            .ProducesProblems(ProblemKind.NotFound).LimitReports();
        own.MapPost("/report", ReportSeveral).WithSummary("Reports a problem with several or all of my replays, as one incident.")
            .ProducesProblems(ProblemKind.NotFound).LimitReports();
        own.MapGet("/reports", ListOwn).WithSummary("Lists my reports and their outcomes, newest first.");
        app.MapPost("/v1/patients/{patient}/replays/{id}/report", ReportAsStaff).WithTags("Staff")
            .RequireRoles(Roles.Clinician, Roles.PrivacyOfficer).WithSummary("Reports a problem with one of a patient's replays.")
            .ProducesProblems(ProblemKind.NotFound).LimitReports();
    }

    private static async Task<Results<Accepted<ReportedView>, Problem>> ReportOwn(
        OwnReplay own, ReportRequest request, ReportService reports, CancellationToken cancellation) =>
        await Report(
            reports, await reports.Find([own.Id], _ => true, cancellation), IncidentSource.Patient, request.Reason, request.Comment, own.By,
            cancellation);

    private static async Task<Results<Accepted<ReportedView>, Problem>> ReportSeveral(
        CurrentPatient patient, BulkReportRequest request, ReportService reports, CancellationToken cancellation)
    {
        ImmutableArray<RecordingId>? found = null;
        if (request.Replays.Ids is not { } ids)
            found = await reports.FindAll(patient.Patient, cancellation);
        else if (TryParse(patient.Patient, ids, out var replays))
            found = await reports.Find(replays, _ => true, cancellation);
        return await Report(reports, found, IncidentSource.Patient, request.Reason, request.Comment, patient.Actor, cancellation);
    }

    private static async Task<Results<Accepted<ReportedView>, Problem>> ReportAsStaff(
        ReplayPath path, ReportRequest request, CurrentUser caller, ReportService reports, CancellationToken cancellation)
    {
        // A caller with both roles reports as an officer, who may report any replay.
        var isOfficer = caller.Has(Roles.PrivacyOfficer);
        var (source, role) = isOfficer ? (IncidentSource.Officer, Roles.PrivacyOfficer) : (IncidentSource.Clinician, Roles.Clinician);
        var found = await reports.Find([path.Id], listed => isOfficer || listed.Booking.Clinician.Id == caller.Subject, cancellation);
        return await Report(reports, found, source, request.Reason, request.Comment, caller.As(role), cancellation);
    }

    private static async Task<Ok<Page<OwnReportView>>> ListOwn(
        CurrentPatient patient, IIncidentLog log, IGrainFactory grains, CancellationToken cancellation)
    {
        var reported = await log.FindByReporter(patient.Patient.Value, cancellation);
        var own = reported.Where(summary => summary.Report.Source is IncidentSource.Patient).ToList();
        var incidents = await Task.WhenAll(own.Select(summary =>
            ReadRetry.WithRetry(() => grains.Incident(summary.Report.Id).Get(cancellation))));
        return TypedResults.Ok(new Page<OwnReportView>([.. own.Zip(incidents, OwnReportView.Of)], null));
    }

    private static async Task<Results<Accepted<ReportedView>, Problem>> Report(
        ReportService reports, ImmutableArray<RecordingId>? recordings, IncidentSource source, ReportReason reason, string? comment,
        Actor by, CancellationToken cancellation) =>
        recordings is { } found
        && await reports.Report(found, source, KebabCaseEnum<ReportReason>.Format(reason), comment, by, cancellation) is { } incident
            ? TypedResults.Accepted((string?)null, new ReportedView(incident))
            : Problem.NotFound;

    private static bool TryParse(PatientId patient, IReadOnlyList<string> ids, out List<RecordingId> replays)
    {
        replays = [];
        foreach (var id in ids)
        {
            if (!RecordingId.TryParseReplayId(patient, id, out var replay))
                return false;
            replays.Add(replay);
        }
        return true;
    }
}

public sealed record ReportedView(string Incident);

/// <summary>A patient's own report and its outcome.</summary>
/// <param name="Replays">The patient's own replays in the incident, at most 100.</param>
/// <param name="Status"><c>open</c>, <c>restored</c> or <c>withdrawn</c>.</param>
public sealed record OwnReportView(
    string Incident,
    DateTimeOffset ReportedAt,
    string Reason,
    string? Comment,
    IReadOnlyList<string> Replays,
    string Status,
    DateTimeOffset? ResolvedAt)
{
    public static OwnReportView Of(IncidentSummary summary, Incident? incident)
    {
        var (report, resolution) = (summary.Report, incident?.Resolution);
        var own = summary.Recordings.Where(recording => recording.Patient.Value == report.By.Subject);
        return new(
            report.Id, report.ReportedAt, report.Reason, report.Comment, [.. own.Select(recording => recording.ReplayId)],
            resolution is null ? "open" : KebabCaseEnum<IncidentOutcome>.Format(resolution.Outcome), resolution?.At);
    }
}
