namespace Replays.Cluster.Tests.Nodes;

/// <summary>Where a node runs.</summary>
/// <param name="Database">The connection string that the node uses.</param>
/// <param name="Address">The address at which other nodes reach it.</param>
/// <param name="CommandPrefix">Starts the node there, such as <c>ip netns exec NAME</c>.</param>
/// <param name="Settings">Additional environment variables.</param>
internal sealed record NodeLocation(
    string Database, string Address = "127.0.0.1", string[]? CommandPrefix = null, IReadOnlyDictionary<string, string?>? Settings = null);
