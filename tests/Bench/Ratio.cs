namespace Replays.Bench;

/// <summary>What a bench measured, beside its peer in the same run.</summary>
internal static class Ratio
{
    public static double Median(IEnumerable<double> measured)
    {
        var sorted = measured.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <param name="what">What was measured, with its unit.</param>
    /// <param name="ours">Each measurement of ours.</param>
    /// <param name="peer">Each of the peer's, taken in turns with ours.</param>
    /// <param name="target">What the ratio of the medians should be, in words.</param>
    public static void Print(string what, IReadOnlyCollection<double> ours, IReadOnlyCollection<double> peer, string target)
    {
        var (a, b) = (Median(ours), Median(peer));
        Console.WriteLine($"{what}: {a:0.###} against {b:0.###}, ratio {a / b:0.00} (target {target}; medians of {ours.Count})");
    }
}
