using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Grains.Consultations;

namespace Replays.Api.Recordings;

/// <summary>
/// Resumable upload by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload): core, checksum, and a deferred length. There is no
/// <c>creation</c>: opening the recording creates the upload.
/// </summary>
public static class Tus
{
    public const string Version = "1.0.0";

    internal const string Resumable = "Tus-Resumable",
        Offset = "Upload-Offset",
        Length = "Upload-Length",
        DeferLength = "Upload-Defer-Length",
        Checksum = "Upload-Checksum",
        OffsetStream = "application/offset+octet-stream";

    private const string MethodOverride = "X-HTTP-Method-Override";

    public static void MapTus(this RouteGroupBuilder recordings)
    {
        var content = recordings.MapGroup("/{ordinal}/content").AddEndpointFilter(Speak);
        content.MapMethods("", [HttpMethods.Options], Describe).WithSummary("Which parts of tus 1.0.0 are spoken here.");
        content.MapMethods("", [HttpMethods.Head], Head).WithSummary("How much of the upload is durable.");
        content.MapPatch("", Patch).WithSummary("Uploads more, from the offset that is durable.").WithMetadata(new UnlimitedRequestSize());
        content.MapPost("", PatchByPost).WithSummary("As PATCH, for who can't send that: with X-HTTP-Method-Override.")
            .WithMetadata(new UnlimitedRequestSize());
    }

    private static async ValueTask<object?> Speak(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        // At the start of the answer, whoever writes it: an exception handler clears what was set before.
        response.OnStarting(() =>
        {
            response.Headers[Resumable] = Version;
            return Task.CompletedTask;
        });
        if (HttpMethods.IsOptions(request.Method) || request.Headers[Resumable] == Version)
            return await next(context);
        response.Headers["Tus-Version"] = Version;
        return new Problem(ProblemKind.UploadVersion);
    }

    private static IResult Describe(HttpResponse response, UploadService uploads)
    {
        response.Headers["Tus-Version"] = Version;
        response.Headers["Tus-Extension"] = "checksum,creation-defer-length";
        response.Headers["Tus-Max-Size"] = $"{uploads.MaxBytes}";
        response.Headers["Tus-Checksum-Algorithm"] = TusPatch.ChecksumAlgorithms;
        return TypedResults.NoContent();
    }

    private static async Task<IResult> Head(
        RecordingPath path, HttpResponse response, UploadService uploads, CancellationToken cancellation, string? token = null)
    {
        if (await uploads.Find(path.Id, token ?? "", cancellation) is not { Status: not RecordingStatus.Discarded } recording)
            return new Problem(ProblemKind.NotFound);
        response.Headers[Offset] = $"{await uploads.ReceivedBytes(recording, cancellation)}";
        if ((recording.SizeBytes ?? recording.Length) is { } length)
            response.Headers[Length] = $"{length}";
        else
            response.Headers[DeferLength] = "1";
        return TypedResults.Ok();
    }

    private static async Task<IResult> Patch(RecordingPath path, HttpRequest request, UploadService uploads, string? token = null)
    {
        if (!TusPatch.TryParse(request, out var patch, out var problem))
            return problem;
        var (wrong, offset) = await uploads.Append(path.Id, token ?? "", patch, request);
        if (wrong is not null)
            return wrong;
        request.HttpContext.Response.Headers[Offset] = $"{offset}";
        return TypedResults.NoContent();
    }

    private static Task<IResult> PatchByPost(RecordingPath path, HttpRequest request, UploadService uploads, string? token = null) =>
        request.Headers[MethodOverride] == HttpMethods.Patch
            ? Patch(path, request, uploads, token)
            : Task.FromResult<IResult>(new Problem(ProblemKind.MethodNotAllowed));
}
