using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>The stop list of an embedded silo. No other process changes it, so there is no polling and propagation is immediate.</summary>
internal sealed class EmbeddedStopList(DbDataSource database, TimeProvider time)
    : DatabaseStopList(database, time), ILifecycleParticipant<ISiloLifecycle>
{
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile StopListSnapshot? _snapshot;

    public override StopListSnapshot Current() => _snapshot ?? throw Unavailable();

    public override Task WaitForPropagation(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Loads the list after the database is migrated and before any grain activates.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(EmbeddedStopList), ServiceLifecycleStage.RuntimeInitialize, Refresh);

    protected override async Task Refresh(CancellationToken cancellation)
    {
        await _refreshing.WaitAsync(cancellation);
        try
        {
            await using var connection = await Database.OpenConnectionAsync(cancellation);
            _snapshot = new(StopRows.ReadAll(connection));
        }
        catch
        {
            _snapshot = null; // the change may have been committed
            throw;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Starts a refresh, so that a later call can succeed.</summary>
    private StopListUnavailableException Unavailable()
    {
        if (_refreshing.CurrentCount > 0)
            _ = Refresh(CancellationToken.None).ContinueWith(refresh => refresh.Exception, TaskScheduler.Default);
        return new();
    }
}
