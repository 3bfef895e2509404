using Replays.Grains.Consultations;

namespace Replays.Api.Recordings;

/// <summary>
/// Resumable uploads with the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload): core, checksum and deferred length.
/// There is no <c>creation</c> extension: opening the recording creates the upload.
/// </summary>
public static class Tus
{
    public const string Version = "1.0.0";

    internal const string Resumable = "Tus-Resumable", Offset = "Upload-Offset", Length = "Upload-Length",
        DeferLength = "Upload-Defer-Length", Checksum = "Upload-Checksum", OffsetStream = "application/offset+octet-stream";

    private const string MethodOverride = "X-HTTP-Method-Override";

    public static void MapTus(this RouteGroupBuilder recordings)
    {
        var content = recordings.MapGroup("/{ordinal}/content").AddEndpointFilter(RequireVersion);
        content.MapMethods("", [HttpMethods.Options], Describe).WithSummary("Returns the supported tus version and extensions.");
        content.MapMethods("", [HttpMethods.Head], Head).WithSummary("Returns how many bytes of the upload are durable.");
        content.MapPatch("", Patch).WithSummary("Continues the upload at the offset up to which it is durable.")
            .WithMetadata(new UnlimitedRequestSize());
        content.MapPost("", PatchByPost)
            .WithSummary("Continues the upload, for clients that cannot send PATCH: set X-HTTP-Method-Override.")
            .WithMetadata(new UnlimitedRequestSize());
    }

    private static async ValueTask<object?> RequireVersion(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        // Set as the response starts, because the exception handler clears headers set earlier.
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
            return Problem.NotFound;
        response.Headers[Offset] = $"{await uploads.ReceivedBytes(recording, cancellation)}";
        if ((recording.SizeBytes ?? recording.Length) is { } length)
            response.Headers[Length] = $"{length}";
        else
            response.Headers[DeferLength] = "1";
        return TypedResults.Ok();
    }

    private static async Task<IResult> Patch(RecordingPath path, HttpRequest request, UploadService uploads, string? token = null)
    {
        if (!TusPatch.TryParse(request, out var patch, out var invalid))
            return invalid;
        var (problem, offset) = await uploads.Append(path.Id, token ?? "", patch, request);
        if (problem is not null)
            return problem;
        request.HttpContext.Response.Headers[Offset] = $"{offset}";
        return TypedResults.NoContent();
    }

    private static Task<IResult> PatchByPost(RecordingPath path, HttpRequest request, UploadService uploads, string? token = null) =>
        request.Headers[MethodOverride] == HttpMethods.Patch
            ? Patch(path, request, uploads, token)
            : Task.FromResult<IResult>(new Problem(ProblemKind.MethodNotAllowed));
}
