using System.Data.Common;
using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>The only process there is: what it wrote last is what holds, and nobody waits.</summary>
internal sealed class EmbeddedStopList(DbDataSource database, TimeProvider time) : DatabaseStopList(database, time), ILifecycleParticipant<ISiloLifecycle>
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile StopListSnapshot? _snapshot;

    public override StopListSnapshot Current() => _snapshot ?? throw Unknown();

    public override Task WaitForPropagation(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Read before the first grain is active, and after the database is brought up to date.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(EmbeddedStopList), ServiceLifecycleStage.RuntimeInitialize, Refresh);

    protected override async Task Refresh(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await using var connection = await Database.OpenConnectionAsync(cancellation);
            _snapshot = new(StopRepository.ReadAll(connection));
        }
        catch
        {
            _snapshot = null; // something changed, and it is not known what
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>After a failure: asked again, for the next one who wants to know.</summary>
    private StopListUnavailableException Unknown()
    {
        if (_turn.CurrentCount > 0)
            _ = Refresh(CancellationToken.None).ContinueWith(reading => reading.Exception, TaskScheduler.Default);
        return new();
    }
}
