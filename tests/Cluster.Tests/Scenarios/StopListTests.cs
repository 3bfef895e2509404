using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Npgsql;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>No process serves a replay later than 750 ms after its entry in the stop list is committed.</summary>
[Collection(SharedCluster.Name)]
public sealed class StopListTests(SharedCluster cluster)
{
    private static readonly TimeSpan PropagationLimit = TimeSpan.FromMilliseconds(750);

    /// <summary>The documented limit is 1 s; the rest allows for a busy machine, which a default run shares with other tests.</summary>
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(Settings.IsFullRun ? 3 : 10);

    [Fact]
    public async Task A_stopped_replay_is_served_by_no_node_after_750_ms_and_its_open_playbacks_are_aborted()
    {
        var replay = await StoppedReplay.Record(cluster.Processes.Apis);
        var apis = cluster.Processes.Apis;
        using var done = new CancellationTokenSource();
        var served = new ConcurrentQueue<(long StartedAt, long EndedAt)>();
        var requesters = apis.Select(api => Task.Run(() => Request(api, replay, served, done.Token))).ToList();
        var players = apis.Select(replay.PlayAndPause).ToList();
        await Task.WhenAll(players.Select(player => player.Paused));
        await Eventually.Holds(() => !served.IsEmpty, "Nothing was served before the stop.");

        await StopListTable.Quarantine(cluster.Database, replay.Name);
        var committed = Stopwatch.GetTimestamp();
        foreach (var player in players)
        {
            var aborted = Stopwatch.GetElapsedTime(committed, await player.Aborted.WaitAsync(TimeSpan.FromSeconds(30)));
            Assert.True(aborted < AbortLimit, $"Playback was aborted {aborted.TotalMilliseconds:0} ms after the stop.");
        }
        foreach (var api in apis)
            await replay.AssertNotFound(api);
        await done.CancelAsync();
        await Task.WhenAll(requesters);

        var late = served.Count(s => s.StartedAt > committed && Stopwatch.GetElapsedTime(committed, s.StartedAt) >= PropagationLimit);
        Assert.True(late == 0, $"{late} requests made later than 750 ms after the stop were served.");
        Console.WriteLine($"Last served {Since(served.Max(s => s.EndedAt))} after the stop; open playbacks aborted "
            + $"{string.Join(" and ", players.Select(p => Since(p.Aborted.Result)))} after it.");
        players.ForEach(player => player.Dispose());

        string Since(long timestamp) => $"{Stopwatch.GetElapsedTime(committed, timestamp).TotalMilliseconds:0} ms";
    }

    [Fact]
    public async Task A_node_suspended_during_a_stop_serves_nothing_of_the_replay_when_it_resumes()
    {
        var replay = await StoppedReplay.Record(cluster.Processes.Apis);
        var node = cluster.Processes.Apis[0];
        using var player = replay.PlayAndPause(node);
        await player.Paused;
        node.Signal("STOP");
        var requests = Enumerable.Range(0, 8).Select(_ => replay.Get(node, "/media")).ToList();
        await StopListTable.Quarantine(cluster.Database, replay.Name);
        await FaultScenario.Wait(PropagationLimit);
        node.Signal("CONT");
        var resumed = Stopwatch.GetTimestamp();

        foreach (var status in await Task.WhenAll(requests))
            Assert.Contains(status, new[] { HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable });
        var aborted = Stopwatch.GetElapsedTime(resumed, await player.Aborted.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.True(aborted < AbortLimit, $"Playback was aborted {aborted.TotalMilliseconds:0} ms after the node resumed.");
        await replay.AssertNotFound(node);
    }

    [Fact]
    public async Task A_replay_stopped_while_evidence_of_its_listing_is_written_is_not_listed()
    {
        var replay = await StoppedReplay.Record(cluster.Processes.Apis);
        var api = cluster.Processes.Apis[0];
        await using var database = NpgsqlDataSource.Create(cluster.Database);
        await using var connection = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("LOCK TABLE replays_listing IN SHARE MODE", connection))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        string[] items = ["", $"/{replay.Id}"];
        var requests = items.Select(item => replay.GetAsNewOfficer(api, item)).ToList();
        await using (var blocked = database.CreateCommand(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'replays_listing'::regclass"))
        {
            await Eventually.Holds(
                async () =>
                {
                    // A request that was rejected before it wrote evidence is repeated.
                    for (var i = 0; i < requests.Count; i++)
                        requests[i] = requests[i].IsCompleted ? replay.GetAsNewOfficer(api, items[i]) : requests[i];
                    return (long)(await blocked.ExecuteScalarAsync())! == requests.Count;
                },
                "The requests do not wait for the table of listings.");
        }
        await StopListTable.Quarantine(cluster.Database, replay.Name);
        await Eventually.Holds(
            async () => await replay.Get(api, "/media") is HttpStatusCode.NotFound, "The stopped replay is still served.");
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        // On a very slow machine the evidence times out: 503, and nothing is shown either.
        foreach (var (status, text) in await Task.WhenAll(requests))
        {
            Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable });
            Assert.DoesNotContain($"\"id\":\"{replay.Id}\"", text, StringComparison.Ordinal);
        }
    }

    private static async Task Request(
        ProgramProcess api, StoppedReplay replay, ConcurrentQueue<(long, long)> served, CancellationToken stopping)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!stopping.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            if (await replay.Get(api, "") is HttpStatusCode.OK | await replay.Get(api, "/media") is HttpStatusCode.PartialContent)
                served.Enqueue((started, Stopwatch.GetTimestamp()));
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
