using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;
using Orleans.TestingHost;
using Replays.Data.GrainStorage;
using Replays.Data.Keys;
using Replays.Data.Sql;
using Replays.Data.StopList;
using Replays.Grains.Storage;
using Replays.Media.Stores;

namespace Replays.Grains.Tests.Deliveries;

/// <summary>Two silos on one SQLite file, with a <see cref="FaultInjector"/> around their storage.</summary>
internal sealed class DeliveryCluster : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-delivery-").FullName;
    private readonly InProcessTestCluster _cluster;

    private DeliveryCluster(TimeSpan uploadDeadline)
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Logging.ClearProviders();
            host.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Replays:DataDirectory"] = _directory,
                ["Replays:Recordings:UploadDeadline"] = $"{uploadDeadline:c}",
            });
            host.AddReplaysDatabase().AddReplaysKeys();
            host.Services.AddReplaysGrains().AddMediaStore(host.Configuration).AddStopList(embedded: true);
        });
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddReplaysStorage().AddReplaysReminders();
            silo.Services.AddKeyedSingleton<IGrainStorage>(ReplaysStorage.Name, (services, _) =>
                Faults.Wrap(services.GetRequiredKeyedService<IGrainStorage>("Replays.AdoNet")));
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                options.NumMissedProbesLimit = 6; // 3 s: a busy machine may starve a healthy silo that long
                options.NumVotesForDeathDeclaration = 1;
                options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
            });
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10));
        });
        _cluster = builder.Build();
    }

    public FaultInjector Faults { get; } = new();

    public IServiceProvider Services => _cluster.GetSiloServiceProvider(_cluster.Silos[^1].SiloAddress);

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public static async Task<DeliveryCluster> Start(TimeSpan? uploadDeadline = null)
    {
        var cluster = new DeliveryCluster(uploadDeadline ?? TimeSpan.FromHours(24));
        Schema.MigrateSqlite($"Data Source={Path.Combine(cluster._directory, "replays.db")}");
        await cluster._cluster.DeployAsync(TestContext.Current.CancellationToken);
        return cluster;
    }

    /// <summary>Kills all silos; a new one takes over.</summary>
    public async Task KillAll()
    {
        var victims = _cluster.Silos.ToList();
        await _cluster.StartAdditionalSiloAsync();
        foreach (var silo in victims)
            await _cluster.KillSiloAsync(silo);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
