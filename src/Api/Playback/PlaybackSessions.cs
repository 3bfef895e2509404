using System.Collections.Concurrent;
using Replays.Grains.Exposure;
using Replays.Grains.Patients;

namespace Replays.Api.Playback;

/// <summary>Playbacks that this process serves. Consecutive requests of one principal for one recording are one playback.</summary>
public sealed class PlaybackSessions(IExposureLog log, TimeProvider time, ILogger<PlaybackSession> logger)
{
    private const int MaxSessions = 10_000;

    /// <summary>After this long without a request, the next request with the principal's own token starts a new playback.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, PlaybackSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>Whether playback with this URL has started, in any process, or may still start.</summary>
    public async ValueTask<bool> Admits(PlaybackUrl url, CancellationToken cancellation) => time.GetUtcNow() < url.ExpiresAt
        || _sessions.TryGetValue(url.Id, out var session) && session.HasStarted
        || await log.HasStarted(url.Id, cancellation);

    /// <param name="url">The playback URL in use; null if the recipient sent their own token.</param>
    public async ValueTask<PlaybackSession> Open(ListedReplay listed, Recipient recipient, PlaybackUrl? url, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        // A subject contains no space.
        var key = url?.Id ?? $"{recipient.By.Subject} {recipient.By.Role} {listed.Replay.Name} {recipient.List} {recipient.Detail}";
        if (_sessions.TryGetValue(key, out var existing) && (url is not null || now - existing.LastUsed < IdleTimeout))
            return existing;
        var id = url?.Id
            ?? await log.FindRecent(listed.Replay.Name, recipient, now - IdleTimeout, cancellation)
            ?? Guid.NewGuid().ToString("n");
        var opened = new PlaybackSession(log, time, logger, new()
        {
            Playback = id,
            Part = Guid.NewGuid().ToString("n"),
            Recording = listed.Replay.Name,
            Recipient = recipient,
            AccessMethod = url is null ? AccessMethod.Token : AccessMethod.Url,
            SizeBytes = listed.Replay.SizeBytes,
            DurationSeconds = listed.Replay.DurationSeconds,
            StartedAt = now,
            LastAt = now,
            Served = ByteRangeSet.None,
            UpperBound = ByteRangeSet.None,
        });
        RemoveIdle(now);
        return existing is not null && _sessions.TryUpdate(key, opened, existing) ? opened : _sessions.GetOrAdd(key, opened);
    }

    /// <summary>A removed session is durable; it continues as another part of the same playback.</summary>
    private void RemoveIdle(DateTimeOffset now)
    {
        if (_sessions.Count < MaxSessions)
            return;
        foreach (var (key, session) in _sessions)
        {
            if (!session.IsServing && (now - session.LastUsed > IdleTimeout || _sessions.Count >= MaxSessions))
                _sessions.TryRemove(key, out _);
        }
    }
}
