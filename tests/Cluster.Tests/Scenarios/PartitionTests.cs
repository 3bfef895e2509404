using Npgsql;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>
/// An island of one silo and one Api node is cut off, in the network, from the other two silos and their Api node, from the database, or from both. The load
/// asks the others, as a proxy would that looks at health; the stopped replay is asked of everybody, all the time.
/// </summary>
[Collection(Alone.Name)]
public sealed class PartitionTests(PostgresServer postgres)
{
    private const int Silos = 3, Apis = 2, IslandSilo = 0, IslandApi = Silos;
    private static readonly TimeSpan AfterCut = TimeSpan.FromSeconds(10);

    [LongFact]
    public Task Peers_are_cut_off() => Cut(peers: true, database: false);

    [LongFact]
    public Task The_database_is_cut_off() => Cut(peers: false, database: true);

    [LongFact]
    public Task Peers_and_database_are_cut_off() => Cut(peers: true, database: true);

    [LongFact]
    public Task Peers_are_cut_off_in_one_direction() => Cut(peers: true, database: false, both: false);

    private async Task Cut(bool peers, bool database, bool both = true)
    {
        await using var networks = await Networks.Make(Silos + Apis);
        var direct = await postgres.CreateDatabase();
        var reached = new NpgsqlConnectionStringBuilder(direct);
        await using var proxy = new DatabaseProxy(reached.Port, networks.Database);
        (reached.Host, reached.Port) = ($"{networks.Database}", proxy.EndPoint.Port);
        (reached.SslMode, reached.GssEncryptionMode) = (SslMode.Disable, GssEncryptionMode.Disable);
        await using var cluster = await ClusterProcesses.Start(
            Silos, Apis, node => new Place(reached.ToString(), networks.Address(node), networks.Via(node)));
        await using var witness = await Witness.Begin(cluster.Apis);
        await using var scenario = new Scenario(cluster.Apis[1].Address);
        var others = Enumerable.Range(0, Silos + Apis).Where(node => node is not (IslandSilo or IslandApi)).Select(networks.Address);
        await scenario.Run(
            async () =>
            {
                await networks.Cut([IslandSilo, IslandApi], [.. peers ? others : [], .. database ? [$"{networks.Database}"] : Array.Empty<string>()], both);
                await witness.Stop(direct);
                await scenario.Overcomes("the cut", AfterCut);
                await networks.Heal();
                // Declared dead meanwhile, it ends as soon as it hears of it, and whoever supervises it starts it again.
                await cluster.Silos[IslandSilo].Exit();
                await cluster.Silos[IslandSilo].Start();
                await cluster.Apis[0].Ready();
            },
            AfterCut);
        Console.WriteLine($"  {await witness.Judge(cutOff: TimeSpan.FromSeconds(3))}");
    }
}
