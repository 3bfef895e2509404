using System.Net;
using Npgsql;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>A PostgreSQL that goes away, and one whose answers do.</summary>
[Collection(Alone.Name)]
public sealed class DatabaseTests
{
    private static readonly TimeSpan AfterReturn = TimeSpan.FromSeconds(5);

    [LongFact]
    public async Task PostgreSQL_is_stopped_at_once_for_60_s()
    {
        await using var postgres = new PostgresServer(); // its own
        await using var cluster = await ClusterProcesses.Start(await postgres.CreateDatabase(), silos: 3);
        await using var scenario = new Scenario(cluster);
        await scenario.Run(
            async () =>
            {
                await postgres.StopAtOnce();
                await Scenario.Lasts(TimeSpan.FromSeconds(60));
                await postgres.StartAgain();
            },
            AfterReturn);
        Assert.All(cluster.All, node => Assert.False(node.HasEnded, node.Output));
    }

    [LongFact]
    public async Task Commits_are_done_and_their_answers_lost()
    {
        await using var postgres = new PostgresServer();
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabase());
        await using var proxy = new DatabaseProxy(database.Port, IPAddress.Loopback);
        (database.Port, database.SslMode, database.GssEncryptionMode) = (proxy.EndPoint.Port, SslMode.Disable, GssEncryptionMode.Disable);
        await using var cluster = await ClusterProcesses.Start(database.ToString(), silos: 3);
        await using var scenario = new Scenario(cluster);
        await scenario.Run(
            async () =>
            {
                proxy.Loses = () => Chance(scenario.Random, percent: 5);
                await Scenario.Lasts(TimeSpan.FromSeconds(60));
                proxy.Loses = null;
                scenario.Note($"{proxy.Lost} answers to commits were lost");
            },
            AfterReturn);
        Assert.NotEqual(0, proxy.Lost);
    }

    private static bool Chance(Random random, int percent)
    {
        lock (random)
            return random.Next(100) < percent;
    }
}
