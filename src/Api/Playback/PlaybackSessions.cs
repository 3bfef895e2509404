using System.Collections.Concurrent;
using Replays.Grains.Exposure;
using Replays.Grains.Patients;

namespace Replays.Api.Playback;

/// <summary>The playbacks that this process serves. A principal's requests for one recording belong to one playback while they go on.</summary>
public sealed class PlaybackSessions(IExposureLog log, TimeProvider time, ILogger<PlaybackSession> logger)
{
    private const int OpenAtMost = 10_000;

    /// <summary>Without a request for so long, a playback with the principal's own token is over; the next request begins another.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, PlaybackSession> _open = new(StringComparer.Ordinal);

    /// <summary>Whether a URL may be used: it was begun in time, in whichever process, or may still be begun.</summary>
    public async ValueTask<bool> Admits(PlaybackUrl url, CancellationToken cancellation) =>
        time.GetUtcNow() < url.ExpiresAt || _open.TryGetValue(url.Id, out var open) && open.HasBegun || await log.HasStarted(url.Id, cancellation);

    /// <param name="listed">What is to be played.</param>
    /// <param name="to">To whom.</param>
    /// <param name="url">By which URL; null: with the principal's own token.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<PlaybackSession> Open(ListedReplay listed, Recipient to, PlaybackUrl? url, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        // No subject holds a space.
        var key = url?.Id ?? $"{to.By.Subject} {to.By.Role} {listed.Replay.Name} {to.List} {to.Detail}";
        if (_open.TryGetValue(key, out var open) && (url is not null || now - open.LastUsed < Pause))
            return open;
        var id = url?.Id ?? await log.FindRecent(listed.Replay.Name, to, now - Pause, cancellation) ?? Guid.NewGuid().ToString("n");
        var opened = new PlaybackSession(log, time, logger, new()
        {
            Playback = id,
            Part = Guid.NewGuid().ToString("n"),
            Recording = listed.Replay.Name,
            Recipient = to,
            AccessMethod = url is null ? AccessMethod.Token : AccessMethod.Url,
            SizeBytes = listed.Replay.SizeBytes,
            DurationSeconds = listed.Replay.DurationSeconds,
            StartedAt = now,
            LastAt = now,
            Served = ByteRangeSet.None,
            UpperBound = ByteRangeSet.None,
        });
        Forget(now);
        return open is not null && _open.TryUpdate(key, opened, open) ? opened : _open.GetOrAdd(key, opened);
    }

    /// <summary>What is forgotten is durable: it goes on as another part of the same playback.</summary>
    private void Forget(DateTimeOffset now)
    {
        if (_open.Count < OpenAtMost)
            return;
        foreach (var (key, open) in _open)
        {
            if (!open.IsServing && (now - open.LastUsed > Pause || _open.Count >= OpenAtMost))
                _open.TryRemove(key, out _);
        }
    }
}
