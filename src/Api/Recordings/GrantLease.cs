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
internal sealed class GrantLease : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5), Margin = TimeSpan.FromSeconds(4);

    private readonly IConsultationGrain _consultation;
    private readonly CancellationTokenSource _ended = new(), _lost;
    private readonly Task _keeping;

    public GrantLease(IGrainFactory grains, MediaGrant grant, CancellationToken cancellation)
    {
        Grant = grant;
        Media = new(grant.ObjectKey, grant.Recording.Name, grant.DataKey);
        _consultation = grains.Consultation(grant.Recording.Consultation);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Lost = _lost.Token;
        _keeping = Keep();
    }

    public MediaGrant Grant { get; }

    public MediaObject Media { get; }

    /// <summary>Cancelled when the grant is lost, or the caller gave up.</summary>
    public CancellationToken Lost { get; }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _keeping;
        try
        {
            await _consultation.EndGrant(Grant.Recording.Ordinal, Grant.Id);
        }
        catch (Exception e) when (Unavailability.Explains(e))
        {
            // It ends by itself.
        }

        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task Keep()
    {
        var kept = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                var asked = Stopwatch.GetTimestamp();
                if (await TryKeep())
                    kept = asked;
                else if (Stopwatch.GetElapsedTime(kept) > MediaGrant.Lifetime - Margin)
                    break;
            }

            await _lost.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // It is given back.
        }
    }

    private async Task<bool> TryKeep()
    {
        try
        {
            if (await _consultation.KeepGrant(Grant.Recording.Ordinal, Grant.Id, _ended.Token))
                return true;
            await _lost.CancelAsync();
            return false;
        }
        catch (Exception e) when (Unavailability.Explains(e) && !_ended.IsCancellationRequested)
        {
            return false;
        }
    }
}
