using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>The long scenarios: one after the other, when nothing else runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
