using Replays.Api.Replays;

namespace Replays.Api.Playback;

/// <summary>Playback URLs for <c>&lt;video&gt;</c> elements, which cannot send a token.</summary>
public static class PlaybackEndpoints
{
    public static void MapPlayback(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/me/replays/{id}/playback", PlayOwn).WithTags("My replays").RequireRoles(Roles.Patient)
            .WithSummary("Creates a temporary URL that plays one of my replays.")
            .ProducesProblems(ProblemKind.NotFound, ProblemKind.PlaybackSuspended);
        app.MapPost("/v1/patients/{patient}/replays/{id}/playback", PlayAsStaff).WithTags("Staff")
            .RequireRoles(Roles.Clinician, Roles.PrivacyOfficer)
            .WithSummary("Creates a temporary URL that plays one of a patient's replays.")
            .ProducesProblems(ProblemKind.NotFound, ProblemKind.AccessReasonRequired, ProblemKind.PlaybackSuspended);
        app.MapMethods(PlaybackUrls.Path, [HttpMethods.Get, HttpMethods.Head], Serve).WithTags("Playback").AllowAnonymous()
            .WithSummary("Returns the media of a playback URL, whole or in part. The URL is the only credential.")
            .ProducesProblems(ProblemKind.NotFound, ProblemKind.Range, ProblemKind.PlaybackSuspended, ProblemKind.Unavailable);
    }

    private static Task<Results<Created<PlaybackView>, Problem>> PlayOwn(
        OwnReplay own, ReplayReader replays, PlaybackUrls urls, CancellationToken cancellation) =>
        CreateUrl(own.Id, Viewer.Of(own.By), replays, urls, cancellation);

    private static Task<Results<Created<PlaybackView>, Problem>> PlayAsStaff(
        ReplayPath path, Viewer viewer, ReplayReader replays, PlaybackUrls urls, CancellationToken cancellation) =>
        CreateUrl(path.Id, viewer, replays, urls, cancellation);

    private static async Task<Results<Created<PlaybackView>, Problem>> CreateUrl(
        RecordingId id, Viewer viewer, ReplayReader replays, PlaybackUrls urls, CancellationToken cancellation)
    {
        if (await replays.Open(id, viewer, cancellation) is not { } media)
            return Problem.NotFound;
        var created = urls.Create(id, viewer, media.Listed);
        return TypedResults.Created(created.Url, created);
    }

    private static async Task<Results<MediaResult, Problem>> Serve(
        PlaybackUrls urls, PlaybackSessions sessions, ReplayReader replays, CancellationToken cancellation, string? token = null)
    {
        if (urls.Read(token) is not { } url || !await sessions.Admits(url, cancellation))
            return Problem.NotFound;
        return await replays.Open(url.Replay, url.Viewer, cancellation) is { } media
            ? new MediaResult(media, url.Viewer.ToRecipient(media.Listed, url.Replay.Patient), url)
            : Problem.NotFound;
    }
}
