using System.Data.Common;

namespace Replays.Data.OwnershipAudit;

/// <summary>The right to audit, held until it is disposed of.</summary>
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

    /// <summary>Whoever loses the right to audit stops: somebody else may have begun.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <exception cref="AuditInProgressException">Another process has it.</exception>
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
            var held = _time.GetTimestamp();
            while (await timer.WaitForNextTickAsync(Lost))
            {
                try
                {
                    if (!await _log.AcquireLease(_holder, Lost))
                        break;
                    held = _time.GetTimestamp();
                }
                catch (DbException) when (_time.GetElapsedTime(held) < AuditLog.LeaseTime * 0.8)
                {
                    // The database may be back before the right is gone.
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or DbException)
        {
        }
        await _lost.CancelAsync();
    }
}
