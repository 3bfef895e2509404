using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>
/// The stop list of a process in a cluster. Polls the version every 250 ms and is available only while the last successful read is fresh.
/// Polling uses a dedicated thread, so that a busy thread pool does not make the stop list unavailable.
/// </summary>
/// <param name="silo">Returns this process's cluster member if it is a silo. Reads fail once that member is dead.</param>
internal sealed partial class ClusterStopList(
    DbDataSource database, TimeProvider time, Func<SiloMember?> silo, ILogger<ClusterStopList> logger)
    : DatabaseStopList(database, time), IHostedService, IDisposable
{
    private readonly Lock _reading = new();
    private readonly ManualResetEventSlim _stopping = new();
    private volatile Reading? _last;
    private long _version = -1;
    private bool _isFailing;

    private sealed record Reading(StopListSnapshot Snapshot, Freshness Freshness);

    public override StopListSnapshot Current() =>
        _last is { } last && last.Freshness.Holds(Time) ? last.Snapshot : throw new StopListUnavailableException();

    public override Task WaitForPropagation(CancellationToken cancellation) => Task.Delay(Freshness.Limit, Time, cancellation);

    public Task StartAsync(CancellationToken cancellation)
    {
        new Thread(Poll) { IsBackground = true, Name = "stop list", Priority = ThreadPriority.AboveNormal }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellation)
    {
        _stopping.Set();
        return Task.CompletedTask;
    }

    public void Dispose() => _stopping.Set();

    protected override Task Refresh(CancellationToken cancellation) => Task.Run(TryRead, cancellation);

    private void Poll()
    {
        do
        {
            TryRead();
        }
        while (!_stopping.Wait(Freshness.Interval));
    }

    private void TryRead()
    {
        try
        {
            lock (_reading)
                Read();
        }
        catch (Exception e)
        {
            if (!_isFailing)
                LogFailing(e.GetType().Name);
            _isFailing = true;
        }
    }

    private void Read()
    {
        var start = Freshness.Begin(Time);
        using var connection = Database.OpenConnection();
        if (StopRows.ReadVersion(connection, silo()) is not { } version)
        {
            if (!_isFailing)
                LogFailing("not a live member of the cluster");
            _isFailing = true;
            return;
        }
        // Rows read after the version may be newer than it but never older; in that case the next poll rereads them.
        var snapshot = version == _version && _last is { } last ? last.Snapshot : new(StopRows.ReadAll(connection));
        (_version, _last) = (version, new(snapshot, start));
        if (_isFailing)
            LogRecovered();
        _isFailing = false;
    }

    [LoggerMessage(LogLevel.Error, "Reading the stop list failed ({Error}). Requests for replays are rejected until it recovers.")]
    private partial void LogFailing(string error);

    [LoggerMessage(LogLevel.Information, "Reading the stop list has recovered.")]
    private partial void LogRecovered();
}
