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
    public async Task Every_node_is_restarted() => await Roll(await postgres.CreateDatabase(), _ => null);

    [LongFact]
    public async Task Every_node_is_upgraded_to_the_next_release_and_back()
    {
        await ChangedBuild.Publish();
        var database = await postgres.CreateDatabase();
        // The release before reads what the next one wrote.
        await Roll(database, ChangedBuild.Of, _ => null);
        var written = await ChangedBuild.Written(database);
        Console.WriteLine($"  {written} records hold what only the next release writes");
        Assert.NotEqual(0, written);
    }

    /// <param name="database">The cluster's.</param>
    /// <param name="builds">By which build every node is replaced, in turn: the folder of a program; null: as it was.</param>
    private static async Task Roll(string database, params Func<string, string?>[] builds)
    {
        await using var cluster = await ClusterProcesses.Start(database, silos: 3);
        await using var proxy = await HaProxy.Start(cluster.Apis);
        await using var scenario = new Scenario(proxy.Address);
        var measured = await scenario.Run(
            async () =>
            {
                var began = Stopwatch.GetTimestamp();
                foreach (var build in builds)
                {
                    foreach (var node in cluster.All)
                    {
                        node.Signal("TERM");
                        Assert.Equal(0, await node.Exit());
                        node.Build = build(cluster.Silos.Contains(node) ? "Silo" : "Api");
                        await node.Start();
                        // As whoever restarts them in production does: the next one when this one has worked.
                        await scenario.Load.Carries(2);
                    }
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
