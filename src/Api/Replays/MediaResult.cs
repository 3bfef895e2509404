using System.Diagnostics.Metrics;
using Microsoft.Net.Http.Headers;
using Replays.Api.Playback;
using Replays.Api.Problems;
using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.Exposure;
using Replays.Grains.Patients;
using Replays.Grains.StopList;
using Replays.Media.Encryption;

namespace Replays.Api.Replays;

/// <summary>
/// A replay's media: whole or in part, decrypted as they are sent, in constant memory. The one place where bytes of media are written to an
/// answer: each is covered by the evidence before it leaves. Media that are not what was sealed are cut off before the first wrong byte.
/// </summary>
/// <param name="media">What to send.</param>
/// <param name="to">To whom.</param>
/// <param name="url">By which playback URL; null: with their own token.</param>
public sealed partial class MediaResult(ReplayMedia media, Recipient to, PlaybackUrl? url = null) : IResult
{
    private const int ChunkBytes = 64 << 10;
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(250);

    private static readonly Counter<long> Played =
        Telemetry.Meter.CreateCounter<long>("replays.playback.bytes", "By", "Bytes of media sent to whoever plays them.");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var replay = media.Listed.Replay;
        var tag = new EntityTagHeaderValue($"\"{replay.Sha256}\"");
        response.Headers.ETag = tag.ToString();
        response.Headers.AcceptRanges = "bytes";
        // The app's page may be of another site than this service; a URL that can't be guessed can't be embedded by a stranger's.
        if (url is not null)
            response.Headers[SecurityHeaders.ResourcePolicy] = "cross-origin";
        if (request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (ByteRange.Of(request, replay.SizeBytes, tag) is not { } range)
        {
            response.Headers.ContentRange = new ContentRangeHeaderValue(replay.SizeBytes).ToString();
            await new Problem(ProblemKind.Range).ExecuteAsync(httpContext);
            return;
        }

        var vault = httpContext.RequestServices.GetRequiredService<EncryptedMediaStore>();
        var source = new MediaObject(replay.ObjectKey, replay.Name.Name, media.DataKey);
        await using var plain = await vault.OpenRead(source, replay.SizeBytes, httpContext.RequestAborted);
        response.StatusCode = range.IsPart ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        response.ContentType = replay.ContentType;
        response.ContentLength = range.Length;
        if (range.IsPart)
            response.Headers.ContentRange = new ContentRangeHeaderValue(range.From, range.From + range.Length - 1, replay.SizeBytes).ToString();
        if (HttpMethods.IsHead(request.Method) || range.Length == 0)
            return;

        var playbacks = httpContext.RequestServices.GetRequiredService<PlaybackSessions>();
        var playback = await playbacks.Open(media.Listed, to, url, httpContext.RequestAborted);
        await using var serving = playback.Serve(new(range.From, range.From + range.Length));
        // The first step, before the status: without evidence there is no answer, only a problem.
        await serving.Begin(httpContext.RequestAborted);
        await Send(plain, range, serving, httpContext);
    }

    private async Task Send(Stream plain, ByteRange range, PlaybackSession.ServedRange serving, HttpContext http)
    {
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        try
        {
            plain.Position = range.From;
            var body = http.Response.BodyWriter;
            // A paused player takes nothing, so that no write comes to ask: it is asked for it.
            await using var watch = time.CreateTimer(_ => AbortIfBlocked(http, time), null, CheckInterval, CheckInterval);
            for (var left = range.Length; left > 0;)
            {
                var chunk = body.GetMemory(ChunkBytes);
                var read = await plain.ReadAsync(chunk[..(int)Math.Min(chunk.Length, left)], http.RequestAborted);
                if (read == 0)
                    throw new MediaIntegrityException();
                await serving.EnsureRecorded(read, http.RequestAborted);
                // Before every write, not only before the first: a response under way is cut when its replay is stopped, or its URL ends.
                if (AbortIfBlocked(http, time))
                    return;
                body.Advance(read);
                left -= read;
                Played.Add(read);
                if ((await body.FlushAsync(http.RequestAborted)).IsCompleted)
                    return;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The player has what it wanted, or was cut off.
        }
        catch (Exception e) when (http.Response.HasStarted)
        {
            // A status was sent already: only a broken connection tells the player that this is not all.
            LogAborted(http.RequestServices.GetRequiredService<ILogger<MediaResult>>(), e.GetType());
            http.Abort();
        }
    }

    /// <summary>Resets the connection, so that what waits in its buffers is not sent either, unless the media may be served this moment.</summary>
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
            return http.RequestServices.GetRequiredService<IStopList>().Current().MediaVisibility(media.Listed.Replay.Name) is Visibility.Visible
                && !(time.GetUtcNow() >= url?.EndsAt);
        }
        catch (StopListUnavailableException)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Media were cut off while they were sent: {Exception}")]
    private static partial void LogAborted(ILogger logger, Type exception);
}
