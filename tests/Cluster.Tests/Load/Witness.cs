using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Load;

/// <summary>
/// Whether anybody anywhere serves a replay that was stopped: asks every Api node for it all the time, from before the fault until after, while a
/// playback at each is open.
/// </summary>
internal sealed class Witness : IAsyncDisposable
{
    private const int AskersOfEach = 2;
    private static readonly TimeSpan Everywhere = TimeSpan.FromMilliseconds(750);

    private readonly CancellationTokenSource _done = new();
    private readonly ConcurrentQueue<(long Began, long Ended)> _served = [];
    private readonly IReadOnlyList<ProgramProcess> _apis;
    private readonly StoppedReplay _replay;
    private readonly List<PausedPlayer> _players;
    private readonly List<Task> _asking;
    private readonly ConcurrentQueue<TimeSpan> _took = [];
    private long _committed;

    private Witness(StoppedReplay replay, IReadOnlyList<ProgramProcess> apis)
    {
        (_replay, _apis) = (replay, apis);
        _players = [.. apis.Select(replay.PlayAndPause)];
        _asking = [.. from api in apis from what in new[] { "", "/media" } from _ in Enumerable.Range(0, AskersOfEach) select Task.Run(() => Ask(api, what))];
    }

    /// <summary>Begins with a new replay, which all nodes serve.</summary>
    public static async Task<Witness> Begin(IReadOnlyList<ProgramProcess> apis)
    {
        var witness = new Witness(await StoppedReplay.Record(apis), apis);
        await Task.WhenAll(witness._players.Select(player => player.Paused));
        return witness;
    }

    /// <summary>Stops the replay, and goes on asking for a while.</summary>
    public async Task Stop(string database)
    {
        await StopTable.Quarantine(database, _replay.Name);
        _committed = Stopwatch.GetTimestamp();
    }

    /// <summary>Ends the asking and judges it. By now every node answers again.</summary>
    /// <param name="cutOff">How soon the open playbacks had to be cut off, after the stop.</param>
    /// <returns>What it saw, for the scenario's line.</returns>
    public async Task<string> Judge(TimeSpan cutOff)
    {
        foreach (var api in _apis)
            await _replay.IsRefused(api);
        var cuts = new List<TimeSpan>();
        foreach (var player in _players)
            cuts.Add(Stopwatch.GetElapsedTime(_committed, await player.CutOff.WaitAsync(TimeSpan.FromSeconds(30))));
        await _done.CancelAsync();
        await Task.WhenAll(_asking);

        var late = _served.Where(s => s.Began > _committed && Stopwatch.GetElapsedTime(_committed, s.Began) >= Everywhere).ToList();
        Assert.True(late.Count == 0, $"{late.Count} requests made later than 750 ms after the stop were served.");
        Assert.All(cuts, cut => Assert.True(cut < cutOff, $"Media were cut off {cut.TotalMilliseconds:0} ms after the stop."));
        return $"of the stopped replay {_served.Count} of {_took.Count} requests were served, the last ended "
            + $"{Stopwatch.GetElapsedTime(_committed, _served.Max(s => s.Ended)).TotalMilliseconds:0} ms after the stop, "
            + $"open playbacks cut {string.Join(" and ", cuts.Select(cut => $"{cut.TotalMilliseconds:0}"))} ms after it; longest {_took.Max().TotalSeconds:0.00} s";
    }

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await Task.WhenAll(_asking);
        _players.ForEach(player => player.Dispose());
        _done.Dispose();
    }

    private async Task Ask(ProgramProcess api, string what)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!_done.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            if (await _replay.Get(api, what) is HttpStatusCode.OK or HttpStatusCode.PartialContent)
                _served.Enqueue((began, Stopwatch.GetTimestamp()));
            _took.Enqueue(Stopwatch.GetElapsedTime(began));
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
