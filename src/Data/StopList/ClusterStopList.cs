using System.Data.Common;
using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>
/// One of many processes: reads the version four times a second, on a thread of its own, so that a process busy with other things does not
/// stop answering; and answers only while its last good read is fresh.
/// </summary>
/// <param name="database">PostgreSQL.</param>
/// <param name="time">The clock.</param>
/// <param name="silo">This process' row in the membership, where it is a silo: once that says dead, no read is good.</param>
/// <param name="logger">Told when reading fails and works again.</param>
internal sealed partial class ClusterStopList(DbDataSource database, TimeProvider time, Func<SiloMember?> silo, ILogger<ClusterStopList> logger)
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
            _isFailing = true; // and nothing is answered once the last good read is too old
        }
    }

    private void Read()
    {
        var began = Freshness.Begin(Time);
        using var connection = Database.OpenConnection();
        if (StopRepository.ReadVersion(connection, silo()) is not { } version)
        {
            if (!_isFailing)
                LogFailing("no member of the cluster");
            _isFailing = true;
            return;
        }
        // Rows read after the version may be newer than it, never older: then the next reading takes them again.
        var snapshot = version == _version && _last is { } last ? last.Snapshot : new(StopRepository.ReadAll(connection));
        (_version, _last) = (version, new(snapshot, began));
        if (_isFailing)
            LogWorking();
        _isFailing = false;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The stop list can't be read ({Cause}): nothing about replays is answered until it can.")]
    private partial void LogFailing(string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "The stop list is read again.")]
    private partial void LogWorking();
}
