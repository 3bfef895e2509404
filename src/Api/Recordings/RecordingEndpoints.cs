using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Replays.Grains.Consultations;
using Replays.Media.Containers;

namespace Replays.Api.Recordings;

/// <summary>Recordings as the media pipeline opens, uploads and seals them.</summary>
public static class RecordingEndpoints
{
    /// <summary>How long a request waits for sealing to finish before it gets 202 with <c>Retry-After</c>.</summary>
    private static readonly TimeSpan SealTimeout = TimeSpan.FromSeconds(2);

    public static void MapRecordings(this IEndpointRouteBuilder app)
    {
        var recordings = app.MapGroup("/v1/patients/{patient}/consultations/{number}/recordings").WithTags("Recordings")
            .RequireRoles(Roles.Recorder).ProducesProblems(ProblemKind.NotFound);
        recordings.MapPost("", Open).WithSummary("Opens a recording in the consultation's current mode.").ProducesProblems(
            ProblemKind.InvalidTransition, ProblemKind.ConsentRequired, ProblemKind.PresenceRequired, ProblemKind.ModeChanged,
            ProblemKind.RecordingOpen, ProblemKind.LimitReached, ProblemKind.TooLarge, ProblemKind.IdempotencyKeyReused);
        recordings.MapGet("/{ordinal}", Get).WithSummary("Returns a recording and how many bytes have been received.");
        recordings.MapPut("/{ordinal}/content", Put).WithSummary("Uploads the whole media in one request.")
            .WithMetadata(new UnlimitedRequestSize())
            .ProducesProblems(ProblemKind.InvalidTransition, ProblemKind.TooLarge, ProblemKind.UploadInProgress, ProblemKind.StorageFull);
        recordings.MapTus();
        recordings.MapPost("/{ordinal}/close", Close).WithSummary("Closes a recording: no more media will be captured.")
            .ProducesProblems(ProblemKind.InvalidTransition);
        recordings.MapPost("/{ordinal}/seal", Seal).WithSummary("Verifies the uploaded media and delivers the replay to the patient.")
            .ProducesProblems(
                ProblemKind.InvalidTransition, ProblemKind.ConsentRequired, ProblemKind.PresenceRequired, ProblemKind.DigestMismatch,
                ProblemKind.MediaMismatch, ProblemKind.UploadInProgress);
        recordings.MapPost("/{ordinal}/reset", Reset).WithSummary("Drops the uploaded media, so that the upload can start again.")
            .ProducesProblems(ProblemKind.InvalidTransition, ProblemKind.UploadInProgress);
        recordings.MapPost("/{ordinal}/discard", Discard).WithSummary("Discards a recording.")
            .ProducesProblems(ProblemKind.InvalidTransition);
    }

    private static async Task<Results<Created<RecordingView>, Problem>> Open(
        ConsultationPath path, OpenRequest request, IdempotentRequest repeat, CurrentUser caller, UploadService uploads,
        IOptions<RecordingTypes> types, IGrainFactory grains, CancellationToken cancellation)
    {
        // Video here means any accepted type. The consultation itself rejects types that its current mode does not allow.
        if (!MediaContentTypes.Allows(types.Value.ContentTypes, request.ContentType, ConsultationMode.Video))
            return Problem.Invalid("contentType", "This service does not accept this content type.");
        if (request.Length > uploads.MaxBytes)
            return new Problem(ProblemKind.TooLarge);

        var consultation = grains.Consultation(path.Id);
        var opened = await consultation.OpenRecording(
            new()
            {
                ContentType = MediaTypeHeaderValue.Parse(request.ContentType).ToString(),
                Mode = request.Mode,
                Length = request.Length,
                Presence = request.Presence,
                IdempotencyKey = repeat.Key,
            },
            caller.As(Roles.Recorder), cancellation);
        if (opened.Error is ErrorCode.RecordingOpen)
        {
            var recordings = (await consultation.Get(cancellation))?.Recordings;
            var open = recordings?.FirstOrDefault(recording => recording.Status is RecordingStatus.Open);
            return new Problem(ProblemKind.RecordingOpen) { Open = open is null ? null : OpenRecordingView.Of(open) };
        }

        if (!opened.IsSuccess)
            return Problem.Of(opened.Error);
        var view = repeat.Key is null ? RecordingView.Of(opened.Value, 0) : await uploads.View(opened.Value, cancellation);
        return TypedResults.Created(RecordingPath.Of(opened.Value.Name), view);
    }

    private static async Task<Results<Ok<RecordingView>, Problem>> Get(
        RecordingPath path, UploadService uploads, CancellationToken cancellation) =>
        await uploads.Find(path.Id, cancellation) is { } recording
            ? TypedResults.Ok(await uploads.View(recording, cancellation))
            : Problem.NotFound;

    private static async Task<Results<NoContent, Problem>> Put(
        RecordingPath path, HttpRequest request, UploadService uploads, string? token = null) =>
        await uploads.Replace(path.Id, token ?? "", request) is { } problem ? problem : TypedResults.NoContent();

    private static async Task<Results<Ok<RecordingView>, Problem>> Close(
        RecordingPath path, CurrentUser caller, UploadService uploads, IGrainFactory grains, CancellationToken cancellation) =>
        await View(
            await grains.Consultation(path.Id.Consultation).CloseRecording(path.Id.Ordinal, caller.As(Roles.Recorder), cancellation),
            uploads, cancellation);

    private static async Task<Results<Ok<RecordingView>, Accepted<RecordingView>, Problem>> Seal(
        RecordingPath path, SealRequest request, CurrentUser caller, HttpResponse response, SealService seals, UploadService uploads,
        CancellationToken cancellation)
    {
        var result = await seals.Seal(
            path.Id, request.DurationSeconds, request.Sha256, caller.As(Roles.Recorder), SealTimeout, cancellation);
        if (result is { } completed)
            return completed.IsSuccess ? TypedResults.Ok(RecordingView.Of(completed.Value, 0)) : Problem.Of(completed.Error);
        if (await uploads.Find(path.Id, cancellation) is not { } recording)
            return Problem.NotFound;
        response.Headers.RetryAfter = "2";
        return TypedResults.Accepted(RecordingPath.Of(path.Id), await uploads.View(recording, cancellation));
    }

    private static async Task<Results<Ok<RecordingView>, Problem>> Reset(
        RecordingPath path, UploadService uploads, CancellationToken cancellation)
    {
        if (await uploads.Find(path.Id, cancellation) is not { } recording)
            return Problem.NotFound;
        return await uploads.Reset(path.Id, recording.UploadToken, cancellation) is { } problem
            ? problem
            : TypedResults.Ok(RecordingView.Of(recording, 0));
    }

    private static async Task<Results<Ok<RecordingView>, Problem>> Discard(
        RecordingPath path, CurrentUser caller, UploadService uploads, IGrainFactory grains, CancellationToken cancellation) =>
        await View(
            await grains.Consultation(path.Id.Consultation).DiscardRecording(path.Id.Ordinal, caller.As(Roles.Recorder), cancellation),
            uploads, cancellation);

    private static async Task<Results<Ok<RecordingView>, Problem>> View(
        Result<Recording> result, UploadService uploads, CancellationToken cancellation) =>
        result.IsSuccess ? TypedResults.Ok(await uploads.View(result.Value, cancellation)) : Problem.Of(result.Error);
}
