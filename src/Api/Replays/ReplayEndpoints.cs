namespace Replays.Api.Replays;

/// <summary>A patient's own replays, whose paths contain no patient id, and a patient's replays for staff.</summary>
public static class ReplayEndpoints
{
    public static void MapReplays(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/v1/me/replays").WithTags("My replays").RequireRoles(Roles.Patient)
            .ProducesProblems(ProblemKind.PlaybackSuspended);
        own.MapGet("", ListOwn).WithSummary("Lists my replays, newest first.");
        own.MapGet("/{id}", GetOwn).WithSummary("Returns one of my replays.").ProducesProblems(ProblemKind.NotFound);
        own.MapMethods("/{id}/media", [HttpMethods.Get, HttpMethods.Head], GetMedia)
            .WithSummary("Returns the media of a replay, whole or in part.").ProducesProblems(ProblemKind.NotFound, ProblemKind.Range);

        var staff = app.MapGroup("/v1/patients/{patient}/replays").WithTags("Staff").RequireRoles(Roles.Clinician, Roles.PrivacyOfficer)
            .ProducesProblems(ProblemKind.AccessReasonRequired, ProblemKind.PlaybackSuspended);
        staff.MapGet("", ListAsStaff)
            .WithSummary("Lists a patient's replays: all for a privacy officer, those of their own consultations for a clinician.");
        staff.MapGet("/{id}", GetAsStaff).WithSummary("Returns one of a patient's replays.").ProducesProblems(ProblemKind.NotFound);
    }

    private static async Task<Ok<Page<ReplayView>>> ListOwn(
        CurrentPatient patient, ReplayReader replays, [AsParameters] ReplayFilter filter, CancellationToken cancellation) =>
        TypedResults.Ok(await replays.List(patient.Patient, filter.ToQuery(), Viewer.Of(patient.Actor), cancellation));

    private static async Task<Results<Ok<ReplayView>, Problem>> GetOwn(
        OwnReplay own, ReplayReader replays, CancellationToken cancellation) =>
        await replays.Find(own.Id, Viewer.Of(own.By), cancellation) is { } replay ? TypedResults.Ok(replay) : Problem.NotFound;

    private static async Task<Results<MediaResult, Problem>> GetMedia(
        OwnReplay own, ReplayReader replays, CancellationToken cancellation) =>
        await replays.Open(own.Id, Viewer.Of(own.By), cancellation) is { } media
            ? new MediaResult(media, Viewer.Of(own.By).ToRecipient(media.Listed, own.Id.Patient))
            : Problem.NotFound;

    private static async Task<Ok<Page<ReplayView>>> ListAsStaff(
        PatientPath path, Viewer viewer, ReplayReader replays, [AsParameters] ReplayFilter filter, CancellationToken cancellation) =>
        TypedResults.Ok(await replays.List(path.Id, filter.ToQuery(), viewer, cancellation));

    private static async Task<Results<Ok<ReplayView>, Problem>> GetAsStaff(
        ReplayPath path, Viewer viewer, ReplayReader replays, CancellationToken cancellation) =>
        await replays.Find(path.Id, viewer, cancellation) is { } replay ? TypedResults.Ok(replay) : Problem.NotFound;
}
