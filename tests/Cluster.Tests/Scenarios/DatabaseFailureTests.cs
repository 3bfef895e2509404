using System.Net;
using Npgsql;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

[Collection(SequentialCollection.Name)]
public sealed class DatabaseFailureTests
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(5);

    [LongFact]
    public async Task PostgreSQL_crashes_and_is_down_for_60_s()
    {
        await using var postgres = new PostgresServer(); // not shared, because the test stops it
        await using var cluster = await ClusterProcesses.Start(await postgres.CreateDatabase(), silos: 3);
        await using var scenario = new FaultScenario(cluster);
        await scenario.Run(
            async () =>
            {
                await postgres.StopImmediately();
                await FaultScenario.Wait(TimeSpan.FromSeconds(60));
                await postgres.StartAgain();
            },
            RecoveryLimit);
        Assert.All(cluster.All, node => Assert.False(node.HasEnded, node.Output));
    }

    [LongFact]
    public async Task Responses_to_commits_are_lost()
    {
        await using var postgres = new PostgresServer();
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabase());
        await using var proxy = new DatabaseProxy(database.Port, IPAddress.Loopback);
        (database.Port, database.SslMode, database.GssEncryptionMode) = (proxy.EndPoint.Port, SslMode.Disable, GssEncryptionMode.Disable);
        await using var cluster = await ClusterProcesses.Start(database.ToString(), silos: 3);
        await using var scenario = new FaultScenario(cluster);
        await scenario.Run(
            async () =>
            {
                proxy.DropsCommitResponse = () => Chance(scenario.Random, percent: 5);
                await FaultScenario.Wait(TimeSpan.FromSeconds(60));
                proxy.DropsCommitResponse = null;
                scenario.AddFigures($"{proxy.DroppedResponses} responses to commits were lost");
            },
            RecoveryLimit);
        Assert.NotEqual(0, proxy.DroppedResponses);
    }

    private static bool Chance(Random random, int percent)
    {
        lock (random)
            return random.Next(100) < percent;
    }
}
