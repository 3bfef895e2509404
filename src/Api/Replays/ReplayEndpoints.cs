using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Api.Json;
using Replays.Api.Names;
using Replays.Api.Problems;
using Replays.Api.Security;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Api.Replays;

/// <summary>The patient's own replays, which take no patient id, and those of a patient as staff may see them.</summary>
public static class ReplayEndpoints
{
    public static void MapReplays(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/v1/me/replays").WithTags("My replays").For(Roles.Patient);
        own.MapGet("", ListOwn).WithSummary("My replays, newest first.");
        own.MapGet("/{id}", GetOwn).WithSummary("One of my replays.");
        own.MapMethods("/{id}/media", [HttpMethods.Get, HttpMethods.Head], GetMedia).WithSummary("The media, whole or in part.");

        var staff = app.MapGroup("/v1/patients/{patient}/replays").WithTags("Staff").For(Roles.Clinician, Roles.PrivacyOfficer);
        staff.MapGet("", ListAsStaff).WithSummary("A patient's replays: of own consultations, or with a reason.");
        staff.MapGet("/{id}", GetAsStaff).WithSummary("One of a patient's replays.");
    }

    private static async Task<Ok<Page<ReplayView>>> ListOwn(
        Reader reader, ReplayDesk desk, [AsParameters] ReplayFilter filter, CancellationToken cancellation) =>
        TypedResults.Ok(await desk.List(reader.Patient, filter.ToQuery(), Viewer.Of(reader), cancellation));

    private static async Task<Results<Ok<ReplayView>, Problem>> GetOwn(OwnReplay own, ReplayDesk desk, CancellationToken cancellation) =>
        await desk.Find(own.Id, Viewer.Of(own.By), cancellation) is { } replay ? TypedResults.Ok(replay) : new Problem(ProblemKind.NotFound);

    private static async Task<Results<MediaResult, Problem>> GetMedia(OwnReplay own, ReplayDesk desk, CancellationToken cancellation) =>
        await desk.Open(own.Id, Viewer.Of(own.By), cancellation) is { } media ? new MediaResult(media) : new Problem(ProblemKind.NotFound);

    private static async Task<Ok<Page<ReplayView>>> ListAsStaff(
        PatientPath path, Viewer viewer, ReplayDesk desk, [AsParameters] ReplayFilter filter, CancellationToken cancellation) =>
        TypedResults.Ok(await desk.List(path.Id, filter.ToQuery(), viewer, cancellation));

    private static async Task<Results<Ok<ReplayView>, Problem>> GetAsStaff(
        ReplayPath path, Viewer viewer, ReplayDesk desk, CancellationToken cancellation) =>
        await desk.Find(path.Id, viewer, cancellation) is { } replay ? TypedResults.Ok(replay) : new Problem(ProblemKind.NotFound);
}

/// <summary>Which replays to list.</summary>
/// <param name="Limit">At most so many: 1 to 100.</param>
/// <param name="After">Where the page before ended.</param>
/// <param name="Mode">Only those recorded in this mode.</param>
/// <param name="From">Recorded at this time or later (RFC 3339).</param>
/// <param name="To">Recorded before this time (RFC 3339).</param>
public sealed record ReplayFilter(
    [Range(1, 100)] int Limit = 20, string? After = null, string? Mode = null, string? From = null, string? To = null)
{
    public ReplayQuery ToQuery() => new()
    {
        Limit = Limit,
        After = Cursor.Parse(After),
        Mode = Mode is null ? null : Words<ConsultationMode>.TryParse(Mode, out var mode) ? mode : throw Invalid("mode", "chat, audio or video."),
        From = Time("from", From),
        To = Time("to", To),
    };

    private static DateTimeOffset? Time(string name, string? text) =>
        text is null ? null : Rfc3339.TryParse(text, out var time) ? time : throw Invalid(name, "A time as in RFC 3339, with Z or an offset.");

    private static ProblemException Invalid(string field, string error) => new(Problem.Invalid(field, error));
}
