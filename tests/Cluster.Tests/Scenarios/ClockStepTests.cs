using System.Diagnostics;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

[Collection(SequentialCollection.Name)]
public sealed class ClockStepTests(PostgresServer postgres)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(5);

    [LongFact]
    public async Task The_clock_of_one_of_three_silos_steps_forward_by_an_hour_and_back()
    {
        using var clock = await SteppedClock.Create();
        var database = await postgres.CreateDatabase();
        await using var cluster = await ClusterProcesses.Start(
            silos: 3, apis: 2, node => new NodeLocation(database, Settings: node == 0 ? clock.Settings : null));
        var silo = cluster.Silos[0];
        await using var monitor = await StopListMonitor.Start(cluster.Apis);
        await using var scenario = new FaultScenario(cluster);
        await scenario.Run(
            async () =>
            {
                clock.SetOffset(TimeSpan.FromHours(1));
                await scenario.AssertRecovery("+1 h", RecoveryLimit);
                Assert.False(silo.HasEnded, silo.Output);
                await monitor.StopReplay(database);
                var steppedBack = Stopwatch.GetTimestamp();
                clock.SetOffset(TimeSpan.Zero);
                Assert.Equal(0, await silo.Exit());
                scenario.AddFigures($"the silo stopped {Stopwatch.GetElapsedTime(steppedBack).TotalSeconds:0.0} s after -1 h");
                await silo.Start();
            },
            RecoveryLimit);
        Assert.Contains("The clock was put back by", silo.Output, StringComparison.Ordinal);
        Assert.All(cluster.All, node => Assert.False(node.HasEnded, node.Output));
        Console.WriteLine($"  {await monitor.Verify(abortLimit: TimeSpan.FromSeconds(3))}");
    }
}
