using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Media.Containers;
using Replays.Media.Encryption;

namespace Replays.Api.Recordings;

/// <summary>
/// Sealing: freezes the bytes, verifies them outside any grain's turn, and has the consultation deliver them. It goes on when the caller
/// leaves; who comes again with the same finds it under way, or what came of it.
/// </summary>
public sealed class SealService(IGrainFactory grains, EncryptedMediaStore vault)
{
    /// <summary>How long a result that nobody waited for is kept.</summary>
    private static readonly TimeSpan CompletedRetention = TimeSpan.FromMinutes(10);

    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram("replays.seal.duration", "s",
        "From the wish to seal a recording until its replay is available.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });

    private readonly ConcurrentDictionary<SealCommand, Lazy<RunningSeal>> _running = new();

    /// <returns>The result; null when there is none within <paramref name="patience"/>: it goes on.</returns>
    public async Task<Result<Recording>?> Seal(
        RecordingId recording, double durationSeconds, string sha256, Actor by, TimeSpan patience, CancellationToken cancellation)
    {
        Forget();
        var wish = new SealCommand(recording, durationSeconds, sha256.ToLowerInvariant());
        var running = _running.GetOrAdd(wish, key => new(() => new(Verify(key, by)))).Value;
        try
        {
            var outcome = await running.Work.WaitAsync(patience, cancellation);
            _running.TryRemove(wish, out _);
            return outcome;
        }
        catch (TimeoutException) when (!running.Work.IsCompleted)
        {
            return null;
        }
        catch when (running.Work.IsCompleted)
        {
            _running.TryRemove(wish, out _);
            throw;
        }
    }

    private async Task<Result<Recording>> Verify(SealCommand wish, Actor by)
    {
        var began = Stopwatch.GetTimestamp();
        var ordinal = wish.Recording.Ordinal;
        var consultation = grains.Consultation(wish.Recording.Consultation);
        var begun = await consultation.AcquireSealLease(ordinal);
        if (begun.Error is Grains.ErrorCode.Sealed)
            return await Compare(consultation, wish);
        if (!begun.IsSuccess)
            return begun.Error;

        await using var lease = new LeaseRenewer(grains, begun.Value, CancellationToken.None);
        var received = await vault.ReceivedBytes(lease.Media, lease.Lost);
        // Told before anything is frozen: what is missing can still be uploaded.
        if (lease.Lease.Length is { } length && length != received)
            return Grains.ErrorCode.DigestMismatch;
        await vault.Finish(lease.Media, lease.Lost);
        var found = await vault.Verify(lease.Media, null, lease.Lost);
        if (!found.Intact || found.Sha256 != wish.Sha256)
            return Grains.ErrorCode.DigestMismatch;
        if (!await HasRequiredTracks(lease, found.Length))
            return Grains.ErrorCode.MediaMismatch;
        var media = new VerifiedMedia { DurationSeconds = wish.DurationSeconds, Sha256 = found.Sha256, SizeBytes = found.Length };
        var delivered = await consultation.Deliver(ordinal, lease.Lease.Id, media, by);
        if (delivered.IsSuccess)
            Duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        return delivered;
    }

    private async Task<bool> HasRequiredTracks(LeaseRenewer lease, long length)
    {
        await using var plain = await vault.OpenRead(lease.Media, length, lease.Lost);
        var tracks = await MediaTracks.ReadAsync(plain, lease.Lost);
        return tracks.Check(lease.Lease.ContentType, lease.Lease.Mode) is TrackCheckResult.Ok;
    }

    private static async Task<Result<Recording>> Compare(IConsultationGrain consultation, SealCommand wish)
    {
        var recording = (await consultation.Get())?.Recordings.FirstOrDefault(one => one.Name == wish.Recording);
        if (recording is null)
            return Grains.ErrorCode.NotFound;
        return recording.Sha256 == wish.Sha256 ? recording : global::Replays.Grains.ErrorCode.DigestMismatch;
    }

    private void Forget()
    {
        foreach (var (wish, running) in _running)
        {
            if (running.Value.Work.IsCompleted && Stopwatch.GetElapsedTime(running.Value.Since) > CompletedRetention)
                _running.TryRemove(wish, out _);
        }
    }

    private sealed record SealCommand(RecordingId Recording, double DurationSeconds, string Sha256);

    private sealed class RunningSeal(Task<Result<Recording>> work)
    {
        public Task<Result<Recording>> Work => work;

        public long Since { get; } = Stopwatch.GetTimestamp();
    }
}
