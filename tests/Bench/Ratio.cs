namespace Replays.Bench;

/// <summary>Compares measurements with those of a peer in the same run.</summary>
internal static class Ratio
{
    public static double Median(IEnumerable<double> measured)
    {
        var sorted = measured.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <param name="quantity">With its unit.</param>
    /// <param name="ours">Our measurements.</param>
    /// <param name="peer">The peer's, taken in turns with ours.</param>
    /// <param name="target">The target ratio of the medians, in words.</param>
    public static void Print(string quantity, IReadOnlyCollection<double> ours, IReadOnlyCollection<double> peer, string target)
    {
        var (own, other) = (Median(ours), Median(peer));
        Console.WriteLine(
            $"{quantity}: {own:0.###} against {other:0.###}, ratio {own / other:0.00} (target {target}; medians of {ours.Count})");
    }
}
