using System.Diagnostics;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>One or more of three silos stop, crash, sleep or return under load.</summary>
[Collection(SequentialCollection.Name)]
public sealed class SiloFailureTests(PostgresServer postgres)
{
    private static readonly TimeSpan CrashRecoveryLimit = TimeSpan.FromSeconds(5);

    /// <summary>A suspended silo still accepts connections and answers none, as behind a partition.</summary>
    private static readonly TimeSpan SuspensionRecoveryLimit = TimeSpan.FromSeconds(10);

    [LongFact]
    public async Task A_silo_stops_gracefully()
    {
        await using var cluster = await StartCluster();
        await using var scenario = new FaultScenario(cluster);
        var silo = cluster.Silos[scenario.Random.Next(3)];
        await scenario.Run(
            async () =>
            {
                var signalled = Stopwatch.GetTimestamp();
                silo.Signal("TERM");
                Assert.Equal(0, await silo.Exit());
                scenario.AddFigures($"the silo stopped {Stopwatch.GetElapsedTime(signalled).TotalSeconds:0.0} s after SIGTERM");
            },
            CrashRecoveryLimit);
    }

    [LongFact]
    public async Task A_silo_is_killed_and_restarted()
    {
        await using var cluster = await StartCluster();
        await using var scenario = new FaultScenario(cluster);
        var victim = cluster.Silos[scenario.Random.Next(3)];
        await scenario.Run(
            async () =>
            {
                victim.Kill();
                await scenario.AssertRecovery("kill -9", CrashRecoveryLimit);
                await victim.Start();
            },
            CrashRecoveryLimit);
    }

    [LongFact]
    public async Task Two_of_three_silos_are_killed_together()
    {
        await using var cluster = await StartCluster();
        await using var scenario = new FaultScenario(cluster);
        var survivor = scenario.Random.Next(3);
        await scenario.Run(
            async () =>
            {
                foreach (var victim in cluster.Silos.Where((_, i) => i != survivor))
                    victim.Kill();
                await scenario.AssertRecovery("kill -9 of two", CrashRecoveryLimit);
            },
            CrashRecoveryLimit);
    }

    [LongFact]
    public async Task All_silos_are_killed_and_restarted()
    {
        await using var cluster = await StartCluster();
        await using var scenario = new FaultScenario(cluster);
        await scenario.Run(
            async () =>
            {
                foreach (var victim in cluster.Silos)
                    victim.Kill();
                await Task.WhenAll(cluster.Silos.Select(victim => victim.Start()));
            },
            SuspensionRecoveryLimit);
    }

    [LongFact]
    public async Task A_silo_is_suspended_for_75_s_during_a_stop_and_resumed()
    {
        var database = await postgres.CreateDatabase();
        await using var cluster = await ClusterProcesses.Start(database, silos: 3);
        await using var monitor = await StopListMonitor.Start(cluster.Apis);
        await using var scenario = new FaultScenario(cluster);
        var silo = cluster.Silos[scenario.Random.Next(3)];
        await scenario.Run(
            async () =>
            {
                var suspended = Stopwatch.StartNew();
                silo.Signal("STOP");
                await scenario.AssertRecovery("SIGSTOP", SuspensionRecoveryLimit);
                await monitor.StopReplay(database);
                await FaultScenario.Wait(TimeSpan.FromSeconds(75) - suspended.Elapsed);
                silo.Signal("CONT");
                // The others have declared it dead: it ends when it learns that, and its supervisor restarts it.
                await silo.Exit();
                await silo.Start();
            },
            CrashRecoveryLimit);
        Console.WriteLine($"  {await monitor.Verify(abortLimit: TimeSpan.FromSeconds(3))}");
    }

    private async Task<ClusterProcesses> StartCluster() => await ClusterProcesses.Start(await postgres.CreateDatabase(), silos: 3);
}
