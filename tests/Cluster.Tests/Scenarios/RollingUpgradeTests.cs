using System.Diagnostics;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>All nodes restart in turn, under load through the proxy: one retry succeeds, and reads need none.</summary>
[Collection(SequentialCollection.Name)]
public sealed class RollingUpgradeTests(PostgresServer postgres)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(5);

    [LongFact]
    public async Task Every_node_is_restarted() => await Roll(await postgres.CreateDatabase(), _ => null);

    [LongFact]
    public async Task Every_node_is_upgraded_to_the_next_release_and_back()
    {
        await NextReleaseBuild.Publish();
        var database = await postgres.CreateDatabase();
        // The current release reads what the next one has written.
        await Roll(database, NextReleaseBuild.DirectoryOf, _ => null);
        var written = await NextReleaseBuild.CountNewRecords(database);
        Console.WriteLine($"  {written} records have the field that only the next release writes");
        Assert.NotEqual(0, written);
    }

    /// <param name="database">Connection string.</param>
    /// <param name="builds">Each build that replaces every node in turn: the directory of a program, or null for the current build.</param>
    private static async Task Roll(string database, params Func<string, string?>[] builds)
    {
        await using var cluster = await ClusterProcesses.Start(database, silos: 3);
        await using var proxy = await HaProxy.Start(cluster.Apis);
        await using var scenario = new FaultScenario(proxy.Address);
        var measurements = await scenario.Run(
            async () =>
            {
                var started = Stopwatch.GetTimestamp();
                foreach (var build in builds)
                {
                    foreach (var node in cluster.All)
                    {
                        node.Signal("TERM");
                        Assert.Equal(0, await node.Exit());
                        node.Build = build(cluster.Silos.Contains(node) ? "Silo" : "Api");
                        await node.Start();
                        // A production rollout also proceeds only when the restarted node serves requests.
                        await scenario.Load.WaitForConsultations(2);
                    }
                }
                scenario.AddFigures($"the rollout took {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
            },
            RecoveryLimit);
        var retries = measurements.FailedRetries.ToList();
        Assert.True(retries.Count == 0, $"A retry failed: {string.Join("; ", retries.Take(10))}");
        var reads = measurements.Attempts.Where(a => a.Failed && a.IsRead).ToList();
        Assert.True(reads.Count == 0, $"A read failed: {string.Join("; ", reads.Take(10))}");
    }
}
