using Replays.Simulation.Histories;
using Replays.Simulation.PlantedBugs;

namespace Replays.Simulation;

/// <summary>A test that cannot fail is a defect: each planted bug is found.</summary>
public class PlantedBugTests(ITestOutputHelper output)
{
    private const int Seeds = 2_000;

    public static TheoryData<string> Names => [.. PlantedBug.All.Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Planted_bug_is_found(string name)
    {
        var bug = PlantedBug.All.Single(one => one.Name == name);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var history = HistoryGenerator.Generate(seed);
            if (Driver.Simulation.Run(history, bug).Violation is { } violation && Driver.Simulation.Run(history).Violation is null)
            {
                output.WriteLine($"Found by seed {seed}: {violation}");
                Console.WriteLine($"FOUND {seed}\t{name}\t{violation.Invariant}");
                return;
            }
        }
        Assert.Fail($"Not found in {Seeds} seeds.");
    }
}
