namespace Replays.Cluster.Tests;

/// <summary>Which scenarios run, and how.</summary>
internal static class Settings
{
    /// <summary>Reason for skipping the long ones.</summary>
    public const string Long = "Takes minutes: set REPLAYS_CLUSTER_TESTS=all.";

    /// <summary>Whether the long ones run too, and to the figures that the service promises.</summary>
    public static bool RunsAll => Environment.GetEnvironmentVariable("REPLAYS_CLUSTER_TESTS") == "all";

    /// <summary>Of all that is left to chance; set REPLAYS_CLUSTER_SEED to the one of an earlier run to repeat its choices.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("REPLAYS_CLUSTER_SEED"), out var seed) ? seed : Random.Shared.Next();
}
