using Replays.Api.Tests.Http;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>Silos and Api nodes as separate processes with one database and one media directory.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-cluster-").FullName;

    /// <param name="location">The location of a node by its index, silos first.</param>
    public ClusterProcesses(int silos, int apis, Func<int, NodeLocation> location)
    {
        Silos = [.. Enumerable.Range(0, silos).Select(n => Node("Silo", location(n)))];
        Apis = [.. Enumerable.Range(silos, apis).Select(n => Node("Api", location(n)))];
    }

    public IReadOnlyList<ProgramProcess> Silos { get; }

    public IReadOnlyList<ProgramProcess> Apis { get; }

    public IEnumerable<ProgramProcess> All => [.. Silos, .. Apis];

    /// <inheritdoc cref="Start()"/>
    public static Task<ClusterProcesses> Start(string database, int silos = 2, int apis = 2) =>
        Start(silos, apis, _ => new NodeLocation(database));

    /// <inheritdoc cref="Start()"/>
    public static async Task<ClusterProcesses> Start(int silos, int apis, Func<int, NodeLocation> location)
    {
        var cluster = new ClusterProcesses(silos, apis, location);
        try
        {
            await cluster.Start();
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
        return cluster;
    }

    /// <summary>Migrates the database, then starts all nodes concurrently and waits until they are ready.</summary>
    public async Task Start()
    {
        Silos[0].Launch("migrate");
        Assert.True(await Silos[0].Exit() == 0, $"migrate: {Silos[0].Output}");
        await Task.WhenAll(All.Select(node => node.Start()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in All)
            await node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private ProgramProcess Node(string program, NodeLocation location)
    {
        var settings = new Dictionary<string, string?>(TestTokens.Settings)
        {
            ["ConnectionStrings__Replays"] = location.Database,
            ["Replays__Media__Directory"] = Path.Combine(_directory, "media"),
            ["Replays__Silo__AdvertisedAddress"] = location.Address,
            ["Replays__Silo__SiloPort"] = $"{LoopbackPort.Next()}",
            ["Replays__Silo__GatewayPort"] = $"{LoopbackPort.Next()}",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_TieredPGO"] = "0", // the processes are short-lived
        };
        foreach (var (name, value) in location.Settings ?? new Dictionary<string, string?>())
            settings[name] = value;
        return new(program, _directory, settings, address: location.Address, via: location.CommandPrefix);
    }
}
