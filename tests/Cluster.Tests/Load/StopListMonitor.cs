using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Load;

/// <summary>
/// Verifies that no node serves a stopped replay: requests it from every Api node throughout a fault, while each node has an open playback.
/// </summary>
internal sealed class StopListMonitor : IAsyncDisposable
{
    private const int RequestersPerResource = 2;
    private static readonly TimeSpan PropagationLimit = TimeSpan.FromMilliseconds(750);

    private readonly CancellationTokenSource _done = new();
    private readonly ConcurrentQueue<(long StartedAt, long EndedAt)> _served = [];
    private readonly ConcurrentQueue<TimeSpan> _durations = [];
    private readonly IReadOnlyList<ProgramProcess> _apis;
    private readonly StoppedReplay _replay;
    private readonly List<PausedPlayer> _players;
    private readonly List<Task> _requesters;
    private long _committed;

    private StopListMonitor(StoppedReplay replay, IReadOnlyList<ProgramProcess> apis)
    {
        (_replay, _apis) = (replay, apis);
        _players = [.. apis.Select(replay.PlayAndPause)];
        _requesters =
        [
            .. from api in apis from subresource in new[] { "", "/media" } from _ in Enumerable.Range(0, RequestersPerResource)
               select Task.Run(() => Request(api, subresource)),
        ];
    }

    public static async Task<StopListMonitor> Start(IReadOnlyList<ProgramProcess> apis)
    {
        var monitor = new StopListMonitor(await StoppedReplay.Record(apis), apis);
        await Task.WhenAll(monitor._players.Select(player => player.Paused));
        return monitor;
    }

    public async Task StopReplay(string database)
    {
        await StopListTable.Quarantine(database, _replay.Name);
        _committed = Stopwatch.GetTimestamp();
    }

    /// <summary>Ends the requests and verifies their responses. Every node must be available again.</summary>
    /// <param name="abortLimit">The longest time from the stop until the open playbacks are aborted.</param>
    /// <returns>The measurements.</returns>
    public async Task<string> Verify(TimeSpan abortLimit)
    {
        foreach (var api in _apis)
            await _replay.AssertNotFound(api);
        var aborts = new List<TimeSpan>();
        foreach (var player in _players)
            aborts.Add(Stopwatch.GetElapsedTime(_committed, await player.Aborted.WaitAsync(TimeSpan.FromSeconds(30))));
        await _done.CancelAsync();
        await Task.WhenAll(_requesters);

        var late = _served.Count(s => s.StartedAt > _committed && Stopwatch.GetElapsedTime(_committed, s.StartedAt) >= PropagationLimit);
        Assert.True(late == 0, $"{late} requests made later than 750 ms after the stop were served.");
        Assert.All(aborts, abort => Assert.True(abort < abortLimit, $"Playback aborted {abort.TotalMilliseconds:0} ms after the stop."));
        var lastServed = Stopwatch.GetElapsedTime(_committed, _served.Max(s => s.EndedAt));
        return $"stopped replay: {_served.Count} of {_durations.Count} requests served, the last ended {lastServed.TotalMilliseconds:0} ms "
            + $"after the stop; open playbacks aborted {string.Join(" and ", aborts.Select(abort => $"{abort.TotalMilliseconds:0}"))} ms "
            + $"after it; longest request {_durations.Max().TotalSeconds:0.00} s";
    }

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await Task.WhenAll(_requesters);
        _players.ForEach(player => player.Dispose());
        _done.Dispose();
    }

    private async Task Request(ProgramProcess api, string subresource)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!_done.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            if (await _replay.Get(api, subresource) is HttpStatusCode.OK or HttpStatusCode.PartialContent)
                _served.Enqueue((started, Stopwatch.GetTimestamp()));
            _durations.Enqueue(Stopwatch.GetElapsedTime(started));
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
