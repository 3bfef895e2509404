using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>The long scenarios, which run one after the other while nothing else runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SequentialCollection
{
    public const string Name = "sequential";
}
