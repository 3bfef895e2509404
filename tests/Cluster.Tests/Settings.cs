namespace Replays.Cluster.Tests;

/// <summary>Which scenarios run, and how.</summary>
internal static class Settings
{
    public const string LongSkipReason = "Takes minutes: set REPLAYS_CLUSTER_TESTS=all.";

    /// <summary>Whether long scenarios run, and every scenario is held to the documented limits.</summary>
    public static bool IsFullRun => Environment.GetEnvironmentVariable("REPLAYS_CLUSTER_TESTS") == "all";

    /// <summary>The seed of all random choices; set REPLAYS_CLUSTER_SEED to repeat those of an earlier run.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("REPLAYS_CLUSTER_SEED"), out var seed) ? seed : Random.Shared.Next();
}
