using System.Diagnostics;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>The wall clock of one silo of three is put forward by an hour, and back.</summary>
[Collection(Alone.Name)]
public sealed class ClockTests(PostgresServer postgres)
{
    private static readonly TimeSpan AfterStep = TimeSpan.FromSeconds(5);

    [LongFact]
    public async Task The_clock_of_a_silo_steps()
    {
        using var clock = await SteppedClock.Make();
        var database = await postgres.CreateDatabase();
        await using var cluster = await ClusterProcesses.Start(
            silos: 3, apis: 2, node => new Place(database, Settings: node == 0 ? clock.Settings : null));
        var silo = cluster.Silos[0];
        await using var witness = await Witness.Begin(cluster.Apis);
        await using var scenario = new Scenario(cluster);
        await scenario.Run(
            async () =>
            {
                clock.Set(TimeSpan.FromHours(1));
                await scenario.Overcomes("+1 h", AfterStep);
                Assert.False(silo.HasEnded, silo.Output);
                await witness.Stop(database);
                var set = Stopwatch.GetTimestamp();
                clock.Set(TimeSpan.Zero);
                Assert.Equal(0, await silo.Exit());
                scenario.Note($"it ended {Stopwatch.GetElapsedTime(set).TotalSeconds:0.0} s after -1 h");
                await silo.Start();
            },
            AfterStep);
        Assert.Contains("The clock was put back by", silo.Output, StringComparison.Ordinal);
        Assert.All(cluster.All, node => Assert.False(node.HasEnded, node.Output));
        Console.WriteLine($"  {await witness.Judge(cutOff: TimeSpan.FromSeconds(3))}");
    }
}
