using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Replays.Api.Consultations;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Media.Containers;

namespace Replays.Api.Recordings;

/// <summary>What the media pipeline does: opens a recording, uploads to it, seals it.</summary>
public static class RecordingEndpoints
{
    /// <summary>How long the caller of a seal waits for its result before being told to ask again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapRecordings(this IEndpointRouteBuilder app)
    {
        var recordings = app.MapGroup("/v1/patients/{patient}/consultations/{number}/recordings").WithTags("Recordings").RequireRoles(Roles.Recorder)
            .ProducesProblems(ProblemKind.NotFound);
        recordings.MapPost("", Open).WithSummary("Opens a recording in the present mode.").ProducesProblems(
            ProblemKind.InvalidTransition, ProblemKind.ConsentRequired, ProblemKind.PresenceRequired, ProblemKind.ModeChanged,
            ProblemKind.RecordingOpen, ProblemKind.LimitReached, ProblemKind.TooLarge, ProblemKind.IdempotencyKeyReused);
        recordings.MapGet("/{ordinal}", Get).WithSummary("The recording, and how much of it has arrived.");
        recordings.MapPut("/{ordinal}/content", Put).WithSummary("Uploads the whole in one request.")
            .WithMetadata(new UnlimitedRequestSize())
            .ProducesProblems(ProblemKind.InvalidTransition, ProblemKind.TooLarge, ProblemKind.UploadInProgress, ProblemKind.StorageFull);
        recordings.MapTus();
        recordings.MapPost("/{ordinal}/close", Close).WithSummary("No more media will be captured.").ProducesProblems(ProblemKind.InvalidTransition);
        recordings.MapPost("/{ordinal}/seal", Seal).WithSummary("Verifies what was uploaded and delivers it to the patient.").ProducesProblems(
            ProblemKind.InvalidTransition, ProblemKind.ConsentRequired, ProblemKind.PresenceRequired, ProblemKind.DigestMismatch,
            ProblemKind.MediaMismatch, ProblemKind.UploadInProgress);
        recordings.MapPost("/{ordinal}/reset", Reset).WithSummary("Drops what was uploaded.")
            .ProducesProblems(ProblemKind.InvalidTransition, ProblemKind.UploadInProgress);
        recordings.MapPost("/{ordinal}/discard", Discard).WithSummary("Gives the recording up.").ProducesProblems(ProblemKind.InvalidTransition);
    }

    private static async Task<Results<Created<RecordingView>, Problem>> Open(
        ConsultationPath path,
        OpenRequest request,
        IdempotentRequest repeat,
        CurrentUser caller,
        UploadService uploads,
        IOptions<RecordingTypes> types,
        IGrainFactory grains,
        CancellationToken cancellation)
    {
        // The mode that counts is the consultation's: it refuses a video type while in mode audio.
        if (!MediaContentTypes.Allows(types.Value.ContentTypes, request.ContentType, ConsultationMode.Video))
            return Problem.Invalid("contentType", "This type is not in the list of those accepted here.");
        if (request.Length > uploads.MaxBytes)
            return new Problem(ProblemKind.TooLarge);

        var consultation = grains.Consultation(path.Id);
        var wish = new OpenRecordingRequest
        {
            ContentType = MediaTypeHeaderValue.Parse(request.ContentType).ToString(),
            Mode = request.Mode,
            Length = request.Length,
            Presence = request.Presence,
            IdempotencyKey = repeat.Key,
        };
        var opened = await consultation.OpenRecording(wish, caller.As(Roles.Recorder), cancellation);
        if (opened.Error is Grains.ErrorCode.RecordingOpen)
        {
            var open = (await consultation.Get(cancellation))?.Recordings.FirstOrDefault(recording => recording.Status is RecordingStatus.Open);
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
            : new Problem(ProblemKind.NotFound);

    private static async Task<Results<NoContent, Problem>> Put(RecordingPath path, HttpRequest request, UploadService uploads, string? token = null) =>
        await uploads.Replace(path.Id, token ?? "", request) is { } problem ? problem : TypedResults.NoContent();

    private static async Task<Results<Ok<RecordingView>, Problem>> Close(
        RecordingPath path, CurrentUser caller, UploadService uploads, IGrainFactory grains, CancellationToken cancellation) =>
        await View(
            await grains.Consultation(path.Id.Consultation).CloseRecording(path.Id.Ordinal, caller.As(Roles.Recorder), cancellation), uploads, cancellation);

    private static async Task<Results<Ok<RecordingView>, Accepted<RecordingView>, Problem>> Seal(
        RecordingPath path,
        SealRequest request,
        CurrentUser caller,
        HttpResponse response,
        SealService seals,
        UploadService uploads,
        CancellationToken cancellation)
    {
        var outcome = await seals.Seal(
            path.Id, request.DurationSeconds, request.Sha256, caller.As(Roles.Recorder), Patience, cancellation);
        if (outcome is { } done)
            return done.IsSuccess ? TypedResults.Ok(RecordingView.Of(done.Value, 0)) : Problem.Of(done.Error);
        if (await uploads.Find(path.Id, cancellation) is not { } recording)
            return new Problem(ProblemKind.NotFound);
        response.Headers.RetryAfter = "2";
        return TypedResults.Accepted(RecordingPath.Of(path.Id), await uploads.View(recording, cancellation));
    }

    private static async Task<Results<Ok<RecordingView>, Problem>> Reset(
        RecordingPath path, UploadService uploads, CancellationToken cancellation)
    {
        if (await uploads.Find(path.Id, cancellation) is not { } recording)
            return new Problem(ProblemKind.NotFound);
        return await uploads.Reset(path.Id, recording.UploadToken, cancellation) is { } problem
            ? problem
            : TypedResults.Ok(RecordingView.Of(recording, 0));
    }

    private static async Task<Results<Ok<RecordingView>, Problem>> Discard(
        RecordingPath path, CurrentUser caller, UploadService uploads, IGrainFactory grains, CancellationToken cancellation) =>
        await View(
            await grains.Consultation(path.Id.Consultation).DiscardRecording(path.Id.Ordinal, caller.As(Roles.Recorder), cancellation),
            uploads,
            cancellation);

    private static async Task<Results<Ok<RecordingView>, Problem>> View(Result<Recording> outcome, UploadService uploads, CancellationToken cancellation) =>
        outcome.IsSuccess
            ? TypedResults.Ok(await uploads.View(outcome.Value, cancellation))
            : Problem.Of(outcome.Error);
}
