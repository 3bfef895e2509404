using System.Diagnostics;
using Replays.Grains.Consultations;
using Replays.Media.Encryption;

namespace Replays.Api.Recordings;

/// <summary>
/// Holds a consultation's lease on the media of a recording and renews it until disposed. If renewal fails, <see cref="Lost"/> is
/// cancelled before the lease can pass to another holder.
/// </summary>
internal sealed class LeaseRenewer : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5), SafetyMargin = TimeSpan.FromSeconds(4);

    private readonly IConsultationGrain _consultation;
    private readonly CancellationTokenSource _disposed = new(), _lost;
    private readonly Task _renewal;

    public LeaseRenewer(IGrainFactory grains, MediaLease lease, CancellationToken cancellation)
    {
        Lease = lease;
        Media = new(lease.ObjectKey, lease.Recording.Name, lease.DataKey);
        _consultation = grains.Consultation(lease.Recording.Consultation);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Lost = _lost.Token;
        _renewal = RenewUntilLost();
    }

    public MediaLease Lease { get; }
    public MediaObject Media { get; }

    /// <summary>Cancelled when the lease is lost or the caller cancels.</summary>
    public CancellationToken Lost { get; }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _renewal;
        try
        {
            await _consultation.ReleaseLease(Lease.Recording.Ordinal, Lease.Id);
        }
        catch (Exception e) when (ReadRetry.IsUnavailable(e))
        {
            // The lease expires.
        }

        _disposed.Dispose();
        _lost.Dispose();
    }

    private async Task RenewUntilLost()
    {
        var renewed = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(_disposed.Token))
            {
                var started = Stopwatch.GetTimestamp();
                if (await TryRenew())
                    renewed = started;
                else if (Stopwatch.GetElapsedTime(renewed) > MediaLease.Lifetime - SafetyMargin)
                    break;
            }

            await _lost.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task<bool> TryRenew()
    {
        try
        {
            if (await _consultation.RenewLease(Lease.Recording.Ordinal, Lease.Id, _disposed.Token))
                return true;
            await _lost.CancelAsync();
            return false;
        }
        catch (Exception e) when (ReadRetry.IsUnavailable(e) && !_disposed.IsCancellationRequested)
        {
            return false;
        }
    }
}
