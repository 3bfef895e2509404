using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>Two silos and two Api nodes for the quick scenarios, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class QuickCluster(PostgresServer postgres) : IAsyncLifetime, ICollectionFixture<QuickCluster>
{
    public const string Name = "quick cluster";

    internal ClusterProcesses Processes { get; private set; } = null!;

    internal string Database { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.CreateDatabase();
        Processes = await ClusterProcesses.Start(Database);
    }

    public ValueTask DisposeAsync() => Processes?.DisposeAsync() ?? default;
}
