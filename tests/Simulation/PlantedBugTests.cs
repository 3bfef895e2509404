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
                output.WriteLine($"{seed} seeds: {violation}");
                if (Environment.GetEnvironmentVariable("SIMULATION_VERBOSE") is not null)
                    Console.WriteLine($"FOUND {seed}\t{name}\t{violation.Invariant}");
                return;
            }
        }
        Assert.Fail($"Not found in {Seeds} seeds.");
    }

    [Fact]
    public void The_2020_mix_up_delivers_nothing_while_the_safeguards_are_on()
    {
        for (var seed = 1; seed <= 200; seed++)
            Assert.Null(Driver.Simulation.Run(HistoryGenerator.Generate(seed), PortBugs.MixUp).Violation);
    }

    [Fact]
    public void A_failing_history_shrinks_to_what_matters()
    {
        var bug = PlantedBug.All.Single(one => one.Name == "A switch leaves the old recording open");
        var history = Enumerable.Range(1, Seeds).Select(HistoryGenerator.Generate)
            .First(one => Driver.Simulation.Run(one, bug).Violation is not null);
        var violation = Driver.Simulation.Run(history, bug).Violation!;

        var shortest = HistoryShrinker.Shrink(history, violation.Invariant, bug);

        Assert.Equal(
            [StepKind.Book, StepKind.Start, StepKind.GrantConsent, StepKind.OpenRecording, StepKind.SwitchMode],
            shortest.Select(step => step.Kind));
    }
}
