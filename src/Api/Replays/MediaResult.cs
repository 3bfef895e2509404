using System.Diagnostics.Metrics;
using Microsoft.Net.Http.Headers;
using Replays.Api.Playback;
using Replays.Grains.Exposure;
using Replays.Grains.Patients;
using Replays.Grains.StopList;
using Replays.Media.Encryption;

namespace Replays.Api.Replays;

/// <summary>
/// Sends a replay's media, whole or in part, decrypting as it goes, in constant memory. No other code writes media to a response: every
/// byte is recorded as exposed before it leaves. If the media fail authentication, the response is aborted before the first bad byte.
/// </summary>
/// <param name="url">The playback URL in use; null if the recipient sent their own token.</param>
public sealed partial class MediaResult(ReplayMedia media, Recipient recipient, PlaybackUrl? url = null) : IResult
{
    private const int ChunkBytes = 64 << 10;
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(250);

    private static readonly Counter<long> BytesSent =
        Telemetry.Meter.CreateCounter<long>("replays.playback.bytes", "By", "Bytes of media sent to players.");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var replay = media.Listed.Replay;
        var tag = new EntityTagHeaderValue($"\"{replay.Sha256}\"");
        response.Headers.ETag = tag.ToString();
        response.Headers.AcceptRanges = "bytes";
        // The app's page can belong to another site. Other sites cannot embed the media, because they cannot guess the URL.
        if (url is not null)
            response.Headers[SecurityHeaders.ResourcePolicy] = "cross-origin";
        if (request.GetTypedHeaders().IfNoneMatch.Any(candidate =>
                candidate.Equals(EntityTagHeaderValue.Any) || candidate.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (RequestedRange.Of(request, replay.SizeBytes, tag) is not { } range)
        {
            response.Headers.ContentRange = new ContentRangeHeaderValue(replay.SizeBytes).ToString();
            await new Problem(ProblemKind.Range).ExecuteAsync(httpContext);
            return;
        }

        var store = httpContext.RequestServices.GetRequiredService<EncryptedMediaStore>();
        var source = new MediaObject(replay.ObjectKey, replay.Name.Name, media.DataKey);
        await using var plaintext = await store.OpenRead(source, replay.SizeBytes, httpContext.RequestAborted);
        response.StatusCode = range.IsPartial ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        response.ContentType = replay.ContentType;
        response.ContentLength = range.Length;
        var end = range.From + range.Length;
        if (range.IsPartial)
            response.Headers.ContentRange = new ContentRangeHeaderValue(range.From, end - 1, replay.SizeBytes).ToString();
        if (HttpMethods.IsHead(request.Method) || range.Length == 0)
            return;

        var sessions = httpContext.RequestServices.GetRequiredService<PlaybackSessions>();
        var session = await sessions.Open(media.Listed, recipient, url, httpContext.RequestAborted);
        await using var served = session.Serve(new(range.From, end));
        // Before the response starts, so that a failure to record the exposure becomes a problem.
        await served.Begin(httpContext.RequestAborted);
        await Send(plaintext, range, served, httpContext);
    }

    private async Task Send(Stream plaintext, RequestedRange range, PlaybackSession.ServedRange served, HttpContext http)
    {
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        try
        {
            plaintext.Position = range.From;
            var body = http.Response.BodyWriter;
            // A paused player blocks the writes, and with them the check below.
            await using var monitor = time.CreateTimer(_ => AbortIfBlocked(http, time), null, CheckInterval, CheckInterval);
            for (var remaining = range.Length; remaining > 0;)
            {
                var chunk = body.GetMemory(ChunkBytes);
                var read = await plaintext.ReadAsync(chunk[..(int)Math.Min(chunk.Length, remaining)], http.RequestAborted);
                if (read == 0)
                    throw new MediaIntegrityException();
                await served.EnsureRecorded(read, http.RequestAborted);
                // Before every write: a quarantine, a suspension or the end of the URL aborts a response in progress.
                if (AbortIfBlocked(http, time))
                    return;
                body.Advance(read);
                remaining -= read;
                BytesSent.Add(read);
                if ((await body.FlushAsync(http.RequestAborted)).IsCompleted)
                    return;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The player disconnected, or the response was aborted above.
        }
        catch (Exception e) when (http.Response.HasStarted)
        {
            // The status is already sent: only a broken connection tells the player that the media are incomplete.
            LogAborted(http.RequestServices.GetRequiredService<ILogger<MediaResult>>(), e.GetType());
            http.Abort();
        }
    }

    /// <summary>Resets the connection, which also drops what is still buffered, unless the media may be served right now.</summary>
    private bool AbortIfBlocked(HttpContext http, TimeProvider time)
    {
        if (IsAllowed(http, time))
            return false;
        http.Abort();
        return true;
    }

    private bool IsAllowed(HttpContext http, TimeProvider time)
    {
        try
        {
            var stops = http.RequestServices.GetRequiredService<IStopList>().Current();
            return stops.MediaVisibility(media.Listed.Replay.Name) is Visibility.Visible && !(time.GetUtcNow() >= url?.EndsAt);
        }
        catch (StopListUnavailableException)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A media response was aborted while it was being sent ({Exception}).")]
    private static partial void LogAborted(ILogger logger, Type exception);
}
