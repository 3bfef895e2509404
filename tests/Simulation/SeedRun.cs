using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Replays.Simulation.Driver;
using Replays.Simulation.Faults;
using Replays.Simulation.Histories;

namespace Replays.Simulation;

/// <summary>
/// Runs the histories of seeds 1 to N on all cores: 2,000, or as many as the environment variable <c>SIMULATION_SEEDS</c> says. Each is
/// deterministic, whatever runs beside it.
/// </summary>
public sealed class SeedRun
{
    /// <summary>Distinct invariants of which a shortest history is printed.</summary>
    private const int MaxShrunk = 10;

    public SeedRun()
    {
        var watch = Stopwatch.StartNew();
        var audit = new ConcurrentDictionary<string, int>();
        Parallel.For(1, Seeds + 1, seed =>
        {
            var result = Driver.Simulation.Run(HistoryGenerator.Generate(seed));
            if (result.Violation is { } violation)
                Failures[seed] = violation;
            for (var kind = 0; kind < InjectedFaults.Length; kind++)
                Interlocked.Add(ref InjectedFaults[kind], result.World.Cluster.Faults.Injected[kind]);
            foreach (var entry in result.World.Trails.Kinds)
                audit.AddOrUpdate(entry, 1, (_, count) => count + 1);
        });
        (AuditEntries, Elapsed) = (audit, watch.Elapsed);
    }

    public int Seeds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEEDS"), CultureInfo.InvariantCulture, out var seeds) ? seeds : 2_000;

    public TimeSpan Elapsed { get; }

    public int[] InjectedFaults { get; } = new int[Enum.GetValues<FaultKind>().Length];

    /// <summary>How many entries of each kind the trails have.</summary>
    public IReadOnlyDictionary<string, int> AuditEntries { get; }

    internal ConcurrentDictionary<int, Violation> Failures { get; } = new();

    /// <summary>Each invariant that did not hold, how often, and a shortest history that breaks it.</summary>
    public string DescribeFailures()
    {
        var text = new StringBuilder();
        foreach (var group in Failures.OrderBy(failure => failure.Key).GroupBy(failure => failure.Value.Invariant).Take(MaxShrunk))
        {
            var seed = group.First().Key;
            var shortest = Driver.Simulation.Run(HistoryShrinker.Shrink(HistoryGenerator.Generate(seed), group.Key));
            text.AppendLine(CultureInfo.InvariantCulture, $"{shortest.Violation} ({group.Count()} of {Seeds} seeds; this is seed {seed})");
            foreach (var line in shortest.Lines)
                text.AppendLine(CultureInfo.InvariantCulture, $"    {line}");
        }
        return text.ToString();
    }
}
