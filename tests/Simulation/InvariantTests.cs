using System.Diagnostics;
using Replays.Simulation.Driver;
using Replays.Simulation.Faults;
using Replays.Simulation.Histories;

namespace Replays.Simulation;

public class InvariantTests(ITestOutputHelper output)
{
    [Fact]
    public void Invariants_hold_over_2000_seeds()
    {
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEEDS"), out var wanted) ? wanted : 2_000;
        var injected = new int[Enum.GetValues<FaultKind>().Length];
        var kinds = new Dictionary<string, (int Count, int Seed)>();
        var watch = Stopwatch.StartNew();
        for (var seed = 1; seed <= seeds; seed++)
        {
            var history = HistoryGenerator.Generate(seed);
            var result = Driver.Simulation.Run(history);
            for (var i = 0; i < injected.Length; i++)
                injected[i] += result.World.Cluster.Faults.Injected[i];
            if (result.Violation is { } v)
                kinds[v.Invariant] = kinds.TryGetValue(v.Invariant, out var k) ? (k.Count + 1, k.Seed) : (1, seed);
        }
        output.WriteLine($"{watch.Elapsed} for {seeds}");
        foreach (var kind in Enum.GetValues<FaultKind>())
            output.WriteLine($"{kind}: {injected[(int)kind]}");
        foreach (var (name, (count, seed)) in kinds.OrderByDescending(k => k.Value.Count))
        {
            var shortest = HistoryShrinker.Shrink(HistoryGenerator.Generate(seed), name);
            var result = Driver.Simulation.Run(shortest);
            output.WriteLine($"== {count} × {result.Violation} (seed {seed})");
            foreach (var line in result.Lines)
                output.WriteLine("   " + line);
        }
        Assert.Empty(kinds);
    }
}
