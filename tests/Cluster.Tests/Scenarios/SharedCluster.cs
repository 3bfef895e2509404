using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>Two silos and two Api nodes, shared by the quick scenarios, which run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedCluster(PostgresServer postgres) : IAsyncLifetime, ICollectionFixture<SharedCluster>
{
    public const string Name = "shared cluster";

    internal ClusterProcesses Processes { get; private set; } = null!;

    internal string Database { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.CreateDatabase();
        Processes = await ClusterProcesses.Start(Database);
    }

    public ValueTask DisposeAsync() => Processes?.DisposeAsync() ?? default;
}
