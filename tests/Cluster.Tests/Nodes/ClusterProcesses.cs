using Replays.Api.Tests.Http;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>Silos and Api nodes as processes of their own, on one database and one folder of media.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-cluster-").FullName;

    /// <param name="silos">How many silos.</param>
    /// <param name="apis">How many Api nodes.</param>
    /// <param name="place">Where a node runs and how it reaches the database: by its number, silos first.</param>
    public ClusterProcesses(int silos, int apis, Func<int, Place> place)
    {
        Silos = [.. Enumerable.Range(0, silos).Select(n => Node("Silo", place(n)))];
        Apis = [.. Enumerable.Range(silos, apis).Select(n => Node("Api", place(n)))];
    }

    public IReadOnlyList<ProgramProcess> Silos { get; }

    public IReadOnlyList<ProgramProcess> Apis { get; }

    public IEnumerable<ProgramProcess> All => [.. Silos, .. Apis];

    /// <summary>A cluster in one place, its database brought up to date and every node ready.</summary>
    public static Task<ClusterProcesses> Start(string database, int silos = 2, int apis = 2) => Start(silos, apis, _ => new Place(database));

    /// <summary>A cluster, its database brought up to date and every node ready.</summary>
    public static async Task<ClusterProcesses> Start(int silos, int apis, Func<int, Place> place)
    {
        var cluster = new ClusterProcesses(silos, apis, place);
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

    /// <summary>Brings the database up to date, then starts all nodes at once and waits until all are ready.</summary>
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

    private ProgramProcess Node(string program, Place place)
    {
        var settings = new Dictionary<string, string?>(TestTokens.Settings)
        {
            ["ConnectionStrings__Replays"] = place.Database,
            ["Replays__Media__Directory"] = Path.Combine(_directory, "media"),
            ["Replays__Silo__AdvertisedAddress"] = place.Address,
            ["Replays__Silo__SiloPort"] = $"{LoopbackPort.Next()}",
            ["Replays__Silo__GatewayPort"] = $"{LoopbackPort.Next()}",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_TieredPGO"] = "0", // they start often and live for a minute
        };
        foreach (var (name, value) in place.Settings ?? new Dictionary<string, string?>())
            settings[name] = value;
        return new(program, _directory, settings, address: place.Address, via: place.Via);
    }
}
