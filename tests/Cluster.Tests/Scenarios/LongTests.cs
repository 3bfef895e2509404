using System.Diagnostics;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>Silos that leave, die, sleep and come back, of three, under load.</summary>
[Collection(Alone.Name)]
public sealed class LongTests(PostgresServer postgres)
{
    private static readonly TimeSpan AfterKill = TimeSpan.FromSeconds(5);

    /// <summary>Whoever sleeps still takes connections and answers none, as behind a partition.</summary>
    private static readonly TimeSpan AfterSilence = TimeSpan.FromSeconds(10);

    [LongFact]
    public async Task A_silo_is_published_to_end()
    {
        await using var cluster = await Cluster();
        await using var scenario = new Scenario(cluster);
        var leaver = cluster.Silos[scenario.Random.Next(3)];
        await scenario.Run(
            async () =>
            {
                var told = Stopwatch.GetTimestamp();
                leaver.Signal("TERM");
                Assert.Equal(0, await leaver.Exit());
                scenario.Note($"it ended {Stopwatch.GetElapsedTime(told).TotalSeconds:0.0} s after SIGTERM");
            },
            AfterKill);
    }

    [LongFact]
    public async Task A_silo_is_killed_and_comes_back()
    {
        await using var cluster = await Cluster();
        await using var scenario = new Scenario(cluster);
        var victim = cluster.Silos[scenario.Random.Next(3)];
        await scenario.Run(
            async () =>
            {
                victim.Kill();
                await scenario.Overcomes("kill -9", AfterKill);
                await victim.Start();
            },
            AfterKill);
    }

    [LongFact]
    public async Task Two_of_three_silos_are_killed_at_once()
    {
        await using var cluster = await Cluster();
        await using var scenario = new Scenario(cluster);
        var survivor = scenario.Random.Next(3);
        await scenario.Run(
            async () =>
            {
                foreach (var victim in cluster.Silos.Where((_, n) => n != survivor))
                    victim.Kill();
                await scenario.Overcomes("kill -9 of two", AfterKill);
            },
            AfterKill);
    }

    [LongFact]
    public async Task All_silos_are_killed_and_start_again()
    {
        await using var cluster = await Cluster();
        await using var scenario = new Scenario(cluster);
        await scenario.Run(
            async () =>
            {
                foreach (var victim in cluster.Silos)
                    victim.Kill();
                await Task.WhenAll(cluster.Silos.Select(victim => victim.Start()));
            },
            AfterSilence);
    }

    [LongFact]
    public async Task A_silo_sleeps_for_75_s_through_a_stop_and_wakes()
    {
        var database = await postgres.CreateDatabase();
        await using var cluster = await ClusterProcesses.Start(database, silos: 3);
        await using var witness = await Witness.Begin(cluster.Apis);
        await using var scenario = new Scenario(cluster);
        var sleeper = cluster.Silos[scenario.Random.Next(3)];
        await scenario.Run(
            async () =>
            {
                var slept = Stopwatch.StartNew();
                sleeper.Signal("STOP");
                await scenario.Overcomes("SIGSTOP", AfterSilence);
                await witness.Stop(database);
                await Scenario.Lasts(TimeSpan.FromSeconds(75) - slept.Elapsed);
                sleeper.Signal("CONT");
                // The others have long declared it dead: it sees that and ends, for whoever supervises it to start it again.
                await sleeper.Exit();
                await sleeper.Start();
            },
            AfterKill);
        Console.WriteLine($"  {await witness.Judge(cutOff: TimeSpan.FromSeconds(3))}");
    }

    private async Task<ClusterProcesses> Cluster() => await ClusterProcesses.Start(await postgres.CreateDatabase(), silos: 3);
}
