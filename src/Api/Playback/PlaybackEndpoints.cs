using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Api.Exposure;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.Replays;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains.Identity;

namespace Replays.Api.Playback;

/// <summary>Playback URLs: made by who may see a replay, used by a <c>&lt;video&gt;</c> element, which sends no token.</summary>
public static class PlaybackEndpoints
{
    public static void AddPlayback(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<PlaybackUrls>().AddSingleton<PlaybackSessions>().AddSingleton<ExposureReports>();

    public static void MapPlayback(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/me/replays/{id}/playback", PlayOwn).WithTags("My replays").RequireRoles(Roles.Patient)
            .WithSummary("A URL that plays one of my replays, for a while.").ProducesProblems(ProblemKind.NotFound, ProblemKind.PlaybackSuspended);
        app.MapPost("/v1/patients/{patient}/replays/{id}/playback", PlayAsStaff).WithTags("Staff").RequireRoles(Roles.Clinician, Roles.PrivacyOfficer)
            .WithSummary("A URL that plays one of a patient's replays, for a while.")
            .ProducesProblems(ProblemKind.NotFound, ProblemKind.AccessReasonRequired, ProblemKind.PlaybackSuspended);
        app.MapMethods(PlaybackUrls.Path, [HttpMethods.Get, HttpMethods.Head], Serve).WithTags("Playback").AllowAnonymous()
            .WithSummary("The media behind a playback URL, whole or in part. Who has the URL needs nothing else.")
            .ProducesProblems(ProblemKind.NotFound, ProblemKind.Range, ProblemKind.PlaybackSuspended, ProblemKind.Unavailable);
    }

    private static Task<Results<Created<PlaybackView>, Problem>> PlayOwn(
        OwnReplay own, ReplayReader desk, PlaybackUrls urls, CancellationToken cancellation) =>
        Play(own.Id, Viewer.Of(own.By), desk, urls, cancellation);

    private static Task<Results<Created<PlaybackView>, Problem>> PlayAsStaff(
        ReplayPath path, Viewer viewer, ReplayReader desk, PlaybackUrls urls, CancellationToken cancellation) =>
        Play(path.Id, viewer, desk, urls, cancellation);

    private static async Task<Results<Created<PlaybackView>, Problem>> Play(
        RecordingId id, Viewer viewer, ReplayReader desk, PlaybackUrls urls, CancellationToken cancellation)
    {
        if (await desk.Open(id, viewer, cancellation) is not { } media)
            return new Problem(ProblemKind.NotFound);
        var made = urls.Create(id, viewer, media.Listed);
        return TypedResults.Created(made.Url, made);
    }

    private static async Task<Results<MediaResult, Problem>> Serve(
        PlaybackUrls urls, PlaybackSessions playbacks, ReplayReader desk, CancellationToken cancellation, string? token = null)
    {
        if (urls.Read(token) is not { } url || !await playbacks.Admits(url, cancellation))
            return new Problem(ProblemKind.NotFound);
        return await desk.Open(url.Replay, url.Viewer, cancellation) is { } media
            ? new MediaResult(media, url.Viewer.ToRecipient(media.Listed, url.Replay.Patient), url)
            : new Problem(ProblemKind.NotFound);
    }
}
