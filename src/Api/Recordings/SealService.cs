using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Replays.Grains.Consultations;
using Replays.Media.Containers;
using Replays.Media.Encryption;

namespace Replays.Api.Recordings;

/// <summary>
/// Seals recordings: freezes the bytes, verifies them outside any grain's turn, and has the consultation deliver them. Sealing continues
/// when the caller disconnects; repeating the request returns the running or finished seal.
/// </summary>
public sealed class SealService(IGrainFactory grains, EncryptedMediaStore store)
{
    /// <summary>How long a result that no caller waited for is kept.</summary>
    private static readonly TimeSpan CompletedRetention = TimeSpan.FromMinutes(10);

    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram("replays.seal.duration", "s",
        "Time from the request to seal a recording until its replay is available.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });

    private readonly ConcurrentDictionary<SealCommand, Lazy<(Task<Result<Recording>> Task, long StartedAt)>> _seals = new();

    /// <returns>The result, or null if sealing continues after <paramref name="timeout"/>.</returns>
    public async Task<Result<Recording>?> Seal(
        RecordingId recording, double durationSeconds, string sha256, Actor by, TimeSpan timeout, CancellationToken cancellation)
    {
        RemoveExpired();
        var command = new SealCommand(recording, durationSeconds, sha256.ToLowerInvariant());
        var seal = _seals.GetOrAdd(command, key => new(() => (Run(key, by), Stopwatch.GetTimestamp()))).Value;
        try
        {
            var result = await seal.Task.WaitAsync(timeout, cancellation);
            _seals.TryRemove(command, out _);
            return result;
        }
        catch (TimeoutException) when (!seal.Task.IsCompleted)
        {
            return null;
        }
        catch when (seal.Task.IsCompleted)
        {
            _seals.TryRemove(command, out _);
            throw;
        }
    }

    private async Task<Result<Recording>> Run(SealCommand command, Actor by)
    {
        var started = Stopwatch.GetTimestamp();
        var ordinal = command.Recording.Ordinal;
        var consultation = grains.Consultation(command.Recording.Consultation);
        var acquired = await consultation.AcquireSealLease(ordinal);
        if (acquired.Error is ErrorCode.Sealed)
            return await CompareWithSealed(consultation, command);
        if (!acquired.IsSuccess)
            return acquired.Error;

        await using var lease = new LeaseRenewer(grains, acquired.Value, CancellationToken.None);
        var received = await store.ReceivedBytes(lease.Media, lease.Lost);
        // Checked before anything is frozen, so that missing bytes can still be uploaded.
        if (lease.Lease.Length is { } length && length != received)
            return ErrorCode.DigestMismatch;
        await store.Finish(lease.Media, lease.Lost);
        var verified = await store.Verify(lease.Media, null, lease.Lost);
        if (!verified.Intact || verified.Sha256 != command.Sha256)
            return ErrorCode.DigestMismatch;
        if (!await HasRequiredTracks(lease, verified.Length))
            return ErrorCode.MediaMismatch;
        var media = new VerifiedMedia { DurationSeconds = command.DurationSeconds, Sha256 = verified.Sha256, SizeBytes = verified.Length };
        var delivered = await consultation.Deliver(ordinal, lease.Lease.Id, media, by);
        if (delivered.IsSuccess)
            Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return delivered;
    }

    private async Task<bool> HasRequiredTracks(LeaseRenewer lease, long length)
    {
        await using var plaintext = await store.OpenRead(lease.Media, length, lease.Lost);
        var tracks = await MediaTracks.ReadAsync(plaintext, lease.Lost);
        return tracks.Check(lease.Lease.ContentType, lease.Lease.Mode) is TrackCheckResult.Ok;
    }

    private static async Task<Result<Recording>> CompareWithSealed(IConsultationGrain consultation, SealCommand command)
    {
        var recording = (await consultation.Get())?.Recordings.FirstOrDefault(candidate => candidate.Name == command.Recording);
        return recording is null ? ErrorCode.NotFound : recording.Sha256 == command.Sha256 ? recording : ErrorCode.DigestMismatch;
    }

    private void RemoveExpired()
    {
        foreach (var (command, seal) in _seals)
        {
            if (seal.Value.Task.IsCompleted && Stopwatch.GetElapsedTime(seal.Value.StartedAt) > CompletedRetention)
                _seals.TryRemove(command, out _);
        }
    }

    private sealed record SealCommand(RecordingId Recording, double DurationSeconds, string Sha256);
}
