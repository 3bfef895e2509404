using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Replays.Api.Json;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Api.Replays;

/// <summary>The patient's own replays, which take no patient id, and those of a patient as staff may see them.</summary>
public static class ReplayEndpoints
{
    public static void MapReplays(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/v1/me/replays").WithTags("My replays").RequireRoles(Roles.Patient).ProducesProblems(ProblemKind.PlaybackSuspended);
        own.MapGet("", ListOwn).WithSummary("My replays, newest first.");
        own.MapGet("/{id}", GetOwn).WithSummary("One of my replays.").ProducesProblems(ProblemKind.NotFound);
        own.MapMethods("/{id}/media", [HttpMethods.Get, HttpMethods.Head], GetMedia).WithSummary("The media, whole or in part.")
            .ProducesProblems(ProblemKind.NotFound, ProblemKind.Range);

        var staff = app.MapGroup("/v1/patients/{patient}/replays").WithTags("Staff").RequireRoles(Roles.Clinician, Roles.PrivacyOfficer)
            .ProducesProblems(ProblemKind.AccessReasonRequired, ProblemKind.PlaybackSuspended);
        staff.MapGet("", ListAsStaff).WithSummary("A patient's replays: of own consultations, or with a reason.");
        staff.MapGet("/{id}", GetAsStaff).WithSummary("One of a patient's replays.").ProducesProblems(ProblemKind.NotFound);
    }

    private static async Task<Ok<Page<ReplayView>>> ListOwn(
        CurrentPatient reader, ReplayReader desk, [AsParameters] ReplayFilter filter, CancellationToken cancellation) =>
        TypedResults.Ok(await desk.List(reader.Patient, filter.ToQuery(), Viewer.Of(reader), cancellation));

    private static async Task<Results<Ok<ReplayView>, Problem>> GetOwn(OwnReplay own, ReplayReader desk, CancellationToken cancellation) =>
        await desk.Find(own.Id, Viewer.Of(own.By), cancellation) is { } replay ? TypedResults.Ok(replay) : new Problem(ProblemKind.NotFound);

    private static async Task<Results<MediaResult, Problem>> GetMedia(OwnReplay own, ReplayReader desk, CancellationToken cancellation) =>
        await desk.Open(own.Id, Viewer.Of(own.By), cancellation) is { } media
            ? new MediaResult(media, Viewer.Of(own.By).ToRecipient(media.Listed, own.Id.Patient))
            : new Problem(ProblemKind.NotFound);

    private static async Task<Ok<Page<ReplayView>>> ListAsStaff(
        PatientPath path, Viewer viewer, ReplayReader desk, [AsParameters] ReplayFilter filter, CancellationToken cancellation) =>
        TypedResults.Ok(await desk.List(path.Id, filter.ToQuery(), viewer, cancellation));

    private static async Task<Results<Ok<ReplayView>, Problem>> GetAsStaff(
        ReplayPath path, Viewer viewer, ReplayReader desk, CancellationToken cancellation) =>
        await desk.Find(path.Id, viewer, cancellation) is { } replay ? TypedResults.Ok(replay) : new Problem(ProblemKind.NotFound);
}

/// <summary>Which replays to list.</summary>
public sealed record ReplayFilter
{
    /// <summary>At most so many: 1 to 100, 20 if not said.</summary>
    [Range(1, 100), DefaultValue(20), FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>Where the page before ended.</summary>
    [FromQuery(Name = "after")]
    public string? After { get; init; }

    /// <summary>Only those recorded in this mode.</summary>
    [FromQuery(Name = "mode")]
    public string? Mode { get; init; }

    /// <summary>Recorded at this time or later (RFC 3339).</summary>
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    /// <summary>Recorded before this time (RFC 3339).</summary>
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    public ReplayQuery ToQuery() => new()
    {
        Limit = Limit ?? 20,
        After = Cursor.Parse(After),
        Mode = Mode is null ? null : KebabCaseEnum<ConsultationMode>.TryParse(Mode, out var mode) ? mode : throw Invalid("mode", "chat, audio or video."),
        From = Time("from", From),
        To = Time("to", To),
    };

    private static DateTimeOffset? Time(string name, string? text) =>
        text is null ? null : Rfc3339.TryParse(text, out var time) ? time : throw Invalid(name, "A time as in RFC 3339, with Z or an offset.");

    private static ProblemException Invalid(string field, string error) => new(Problem.Invalid(field, error));
}
