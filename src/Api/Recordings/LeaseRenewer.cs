using System.Diagnostics;
using Replays.Api.Problems;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Media.Encryption;

namespace Replays.Api.Recordings;

/// <summary>
/// A consultation's leave to work on a recording's media, kept while this lives. When it cannot be kept in time the holder is told to stop,
/// before anybody else can get it.
/// </summary>
internal sealed class LeaseRenewer : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5), SafetyMargin = TimeSpan.FromSeconds(4);

    private readonly IConsultationGrain _consultation;
    private readonly CancellationTokenSource _ended = new(), _lost;
    private readonly Task _renewal;

    public LeaseRenewer(IGrainFactory grains, MediaLease grant, CancellationToken cancellation)
    {
        Lease = grant;
        Media = new(grant.ObjectKey, grant.Recording.Name, grant.DataKey);
        _consultation = grains.Consultation(grant.Recording.Consultation);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Lost = _lost.Token;
        _renewal = RenewUntilLost();
    }

    public MediaLease Lease { get; }

    public MediaObject Media { get; }

    /// <summary>Cancelled when the grant is lost, or the caller gave up.</summary>
    public CancellationToken Lost { get; }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewal;
        try
        {
            await _consultation.ReleaseLease(Lease.Recording.Ordinal, Lease.Id);
        }
        catch (Exception e) when (ReadRetry.IsUnavailable(e))
        {
            // It ends by itself.
        }

        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task RenewUntilLost()
    {
        var kept = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                var asked = Stopwatch.GetTimestamp();
                if (await TryRenew())
                    kept = asked;
                else if (Stopwatch.GetElapsedTime(kept) > MediaLease.Lifetime - SafetyMargin)
                    break;
            }

            await _lost.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // It is given back.
        }
    }

    private async Task<bool> TryRenew()
    {
        try
        {
            if (await _consultation.RenewLease(Lease.Recording.Ordinal, Lease.Id, _ended.Token))
                return true;
            await _lost.CancelAsync();
            return false;
        }
        catch (Exception e) when (ReadRetry.IsUnavailable(e) && !_ended.IsCancellationRequested)
        {
            return false;
        }
    }
}
