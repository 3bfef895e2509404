namespace Replays.Cluster.Tests.Nodes;

/// <summary>Where a node runs.</summary>
/// <param name="Database">The connection string by which it reaches the database from there.</param>
/// <param name="Address">The address at which others reach it.</param>
/// <param name="Via">A command that starts it there, such as <c>ip netns exec NAME</c>.</param>
/// <param name="Settings">More environment variables.</param>
internal sealed record Place(
    string Database, string Address = "127.0.0.1", string[]? Via = null, IReadOnlyDictionary<string, string?>? Settings = null);
