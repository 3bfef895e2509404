using System.Diagnostics;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>Every node in turn, under load through the proxy: a second try mends what met a node that left, and reads meet none.</summary>
[Collection(Alone.Name)]
public sealed class RollingTests(PostgresServer postgres)
{
    private static readonly TimeSpan AfterRestart = TimeSpan.FromSeconds(5);

    [LongFact]
    public async Task Every_node_is_restarted()
    {
        await using var cluster = await ClusterProcesses.Start(await postgres.CreateDatabase(), silos: 3);
        await using var proxy = await HaProxy.Start(cluster.Apis);
        await using var scenario = new Scenario(proxy.Address);
        var measured = await scenario.Run(
            async () =>
            {
                var began = Stopwatch.GetTimestamp();
                foreach (var node in cluster.All)
                {
                    node.Signal("TERM");
                    Assert.Equal(0, await node.Exit());
                    await node.Start();
                    // As whoever restarts them in production does: the next one when this one has worked.
                    await scenario.Load.Carries(2);
                }
                scenario.Note($"it took {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
            },
            AfterRestart);
        var again = measured.Attempts.Where(a => a.Failed && a.Try > 1).ToList();
        Assert.True(again.Count == 0, $"A second try failed: {string.Join("; ", again.Take(10))}");
        var reads = measured.Attempts.Where(a => a.Failed && a.IsRead).ToList();
        Assert.True(reads.Count == 0, $"A read failed: {string.Join("; ", reads.Take(10))}");
    }
}
