using Npgsql;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>
/// One silo and one Api node are isolated from the other two silos and their Api node, from the database, or from both. The load goes to
/// the other Api node, as from a proxy that checks health; the stopped replay is requested from both.
/// </summary>
[Collection(SequentialCollection.Name)]
public sealed class PartitionTests(PostgresServer postgres)
{
    private const int Silos = 3, Apis = 2, IsolatedSilo = 0, IsolatedApi = Silos;
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(10);

    [LongFact]
    public Task Peers_are_unreachable() => Isolate(peers: true, database: false);

    [LongFact]
    public Task The_database_is_unreachable() => Isolate(peers: false, database: true);

    [LongFact]
    public Task Peers_and_database_are_unreachable() => Isolate(peers: true, database: true);

    [LongFact]
    public Task Peers_are_unreachable_in_one_direction() => Isolate(peers: true, database: false, bidirectional: false);

    private async Task Isolate(bool peers, bool database, bool bidirectional = true)
    {
        await using var namespaces = await NetworkNamespaces.Create(Silos + Apis);
        var direct = await postgres.CreateDatabase();
        var proxied = new NpgsqlConnectionStringBuilder(direct);
        await using var proxy = new DatabaseProxy(proxied.Port, namespaces.Database);
        (proxied.Host, proxied.Port) = ($"{namespaces.Database}", proxy.EndPoint.Port);
        (proxied.SslMode, proxied.GssEncryptionMode) = (SslMode.Disable, GssEncryptionMode.Disable);
        await using var cluster = await ClusterProcesses.Start(
            Silos, Apis, node => new NodeLocation(proxied.ToString(), namespaces.Address(node), namespaces.CommandPrefix(node)));
        await using var monitor = await StopListMonitor.Start(cluster.Apis);
        await using var scenario = new FaultScenario(cluster.Apis[1].Address);
        var unreachable = new List<string>();
        if (peers)
            unreachable.AddRange(Enumerable.Range(0, Silos + Apis).Except([IsolatedSilo, IsolatedApi]).Select(namespaces.Address));
        if (database)
            unreachable.Add($"{namespaces.Database}");
        await scenario.Run(
            async () =>
            {
                await namespaces.Isolate([IsolatedSilo, IsolatedApi], unreachable, bidirectional);
                await monitor.StopReplay(direct);
                await scenario.AssertRecovery("the partition", RecoveryLimit);
                await namespaces.Reconnect();
                // The others have declared it dead: it ends when it learns that, and its supervisor restarts it.
                await cluster.Silos[IsolatedSilo].Exit();
                await cluster.Silos[IsolatedSilo].Start();
                await cluster.Apis[0].Ready();
            },
            RecoveryLimit);
        Console.WriteLine($"  {await monitor.Verify(abortLimit: TimeSpan.FromSeconds(3))}");
    }
}
