namespace Replays.Data.OwnershipAudit;

/// <summary>The cluster-wide lease for running an ownership audit. Renewed until disposed.</summary>
internal sealed class AuditLease : IAsyncDisposable
{
    private readonly AuditLog _log;
    private readonly TimeProvider _time;
    private readonly string _holder = Guid.NewGuid().ToString("n");
    private readonly CancellationTokenSource _lost;
    private Task _renewal = Task.CompletedTask;

    private AuditLease(AuditLog log, TimeProvider time, CancellationToken cancellation)
    {
        (_log, _time) = (log, time);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Cancelled when the lease is lost: another process may have started an audit.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <exception cref="AuditInProgressException">Another process holds the lease.</exception>
    public static async Task<AuditLease> Acquire(AuditLog log, TimeProvider time, CancellationToken cancellation)
    {
        var lease = new AuditLease(log, time, cancellation);
        if (!await log.AcquireLease(lease._holder, cancellation))
            throw new AuditInProgressException();
        lease._renewal = lease.RenewUntilLost();
        return lease;
    }

    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync();
        await _renewal;
        await _log.ReleaseLease(_holder);
        _lost.Dispose();
    }

    private async Task RenewUntilLost()
    {
        try
        {
            using var timer = new PeriodicTimer(AuditLog.LeaseTime / 6, _time);
            var renewed = _time.GetTimestamp();
            while (await timer.WaitForNextTickAsync(Lost))
            {
                try
                {
                    if (!await _log.AcquireLease(_holder, Lost))
                        break;
                    renewed = _time.GetTimestamp();
                }
                catch (DbException) when (_time.GetElapsedTime(renewed) < AuditLog.LeaseTime * 0.8)
                {
                    // The database may recover before the lease expires.
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or DbException)
        {
        }
        await _lost.CancelAsync();
    }
}
