using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Npgsql;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>No stale truth: what is stopped is served by no process any more once its row is 750 ms old.</summary>
[Collection(QuickCluster.Name)]
public sealed class StopTests(QuickCluster quick)
{
    private static readonly TimeSpan Everywhere = TimeSpan.FromMilliseconds(750);

    /// <summary>A second, and what a busy machine adds; a default run shares its own with other tests.</summary>
    private static readonly TimeSpan CutOff = TimeSpan.FromSeconds(Settings.RunsAll ? 3 : 10);

    [Fact]
    public async Task What_is_stopped_is_served_by_no_node_750_ms_later_and_cut_off_within_a_second_in_the_middle_of_its_media()
    {
        var replay = await StoppedReplay.Record(quick.Processes.Apis);
        var apis = quick.Processes.Apis;
        using var done = new CancellationTokenSource();
        var served = new ConcurrentQueue<(long Began, long Ended)>();
        var asking = apis.Select(api => Task.Run(() => Ask(api, replay, served, done.Token))).ToList();
        var players = apis.Select(replay.PlayAndPause).ToList();
        await Task.WhenAll(players.Select(player => player.Paused));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var waited = Stopwatch.StartNew(); served.IsEmpty; await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "Nothing was served before the stop.");

        await StopTable.Quarantine(quick.Database, replay.Name);
        var committed = Stopwatch.GetTimestamp();
        foreach (var player in players)
        {
            var cut = Stopwatch.GetElapsedTime(committed, await player.CutOff.WaitAsync(TimeSpan.FromSeconds(30)));
            Assert.True(cut < CutOff, $"Media were cut off {cut.TotalMilliseconds:0} ms after the stop.");
        }
        foreach (var api in apis)
            await replay.IsRefused(api);
        await done.CancelAsync();
        await Task.WhenAll(asking);

        var late = served.Where(s => s.Began > committed && Stopwatch.GetElapsedTime(committed, s.Began) >= Everywhere).ToList();
        Assert.True(late.Count == 0, $"{late.Count} requests made later than 750 ms after the stop were served.");
        Console.WriteLine($"Last served {Stopwatch.GetElapsedTime(committed, served.Max(s => s.Ended)).TotalMilliseconds:0} ms after the stop; "
            + string.Join(", ", players.Select(p => $"cut {Stopwatch.GetElapsedTime(committed, p.CutOff.Result).TotalMilliseconds:0} ms after")));
        players.ForEach(player => player.Dispose());
    }

    [Fact]
    public async Task A_node_that_slept_through_a_stop_serves_nothing_of_it_when_it_wakes()
    {
        var replay = await StoppedReplay.Record(quick.Processes.Apis);
        var sleeper = quick.Processes.Apis[0];
        using var player = replay.PlayAndPause(sleeper);
        await player.Paused;
        sleeper.Signal("STOP");
        var asked = Enumerable.Range(0, 8).Select(_ => replay.Get(sleeper, "/media")).ToList();
        await StopTable.Quarantine(quick.Database, replay.Name);
        var committed = Stopwatch.GetTimestamp();
        using (var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50)))
        {
            while (Stopwatch.GetElapsedTime(committed) < Everywhere)
                await ticks.WaitForNextTickAsync();
        }
        sleeper.Signal("CONT");
        var woken = Stopwatch.GetTimestamp();

        foreach (var answer in await Task.WhenAll(asked))
            Assert.Contains(answer, new[] { HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable });
        var cut = Stopwatch.GetElapsedTime(woken, await player.CutOff.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.True(cut < CutOff, $"Media were cut off {cut.TotalMilliseconds:0} ms after it woke.");
        await replay.IsRefused(sleeper);
    }

    [Fact]
    public async Task What_is_stopped_while_the_evidence_of_its_listing_is_written_is_not_listed_any_more()
    {
        var replay = await StoppedReplay.Record(quick.Processes.Apis);
        var api = quick.Processes.Apis[0];
        await using var evidence = NpgsqlDataSource.Create(quick.Database);
        await using var locked = await evidence.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var hold = await locked.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("LOCK TABLE replays_listing IN SHARE MODE", locked))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        string[] shown = ["", $"/{replay.Id}"];
        var asked = shown.Select(what => replay.Show(api, what)).ToList();
        await using (var waiting = evidence.CreateCommand(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'replays_listing'::regclass"))
        {
            await Until(async () =>
            {
                // Who was refused before it came to the list asks again.
                for (var i = 0; i < asked.Count; i++)
                    asked[i] = asked[i].IsCompleted ? replay.Show(api, shown[i]) : asked[i];
                return (long)(await waiting.ExecuteScalarAsync())! == asked.Count;
            });
        }
        await StopTable.Quarantine(quick.Database, replay.Name);
        await Until(async () => await replay.Get(api, "/media") is HttpStatusCode.NotFound);
        await hold.RollbackAsync(TestContext.Current.CancellationToken);

        // On a machine so slow that the wait was given up, what is not accounted for is not shown either.
        foreach (var (status, text) in await Task.WhenAll(asked))
        {
            Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable });
            Assert.DoesNotContain($"\"id\":\"{replay.Id}\"", text, StringComparison.Ordinal);
        }

        static async Task Until(Func<Task<bool>> condition)
        {
            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            for (var waited = Stopwatch.StartNew(); !await condition(); await ticks.WaitForNextTickAsync())
                Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "It did not come about.");
        }
    }

    private static async Task Ask(ProgramProcess api, StoppedReplay replay, ConcurrentQueue<(long, long)> served, CancellationToken until)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!until.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            if (await replay.Get(api, "") is HttpStatusCode.OK | await replay.Get(api, "/media") is HttpStatusCode.PartialContent)
                served.Enqueue((began, Stopwatch.GetTimestamp()));
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
