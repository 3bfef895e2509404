using Microsoft.Extensions.DependencyInjection;
using Replays.Simulation.Histories;
using Replays.Simulation.Invariants;

namespace Replays.Simulation.Driver;

/// <summary>Runs a history and checks the invariants after each step, and once more when all is quiet.</summary>
internal static class Simulation
{
    public static SimulationResult Run(IReadOnlyList<Step> history, PlantedBugs.PlantedBug? bug = null)
    {
        var world = new World(bug is null ? null : bug.Plant);
        _ = new CommitInvariants(world);
        bug?.Misroute?.Invoke(world);
        var (runner, state, lines) = (new StepRunner(world), new StateInvariants(world), new List<string>());
        foreach (var step in history)
        {
            runner.Run(step);
            state.Check();
            lines.Add(HistoryPrinter.Print(step, world));
            if (world.Violation is not null)
                return new(world, lines);
        }
        new Quietening(world).Run();
        state.Check();
        if (world.Violation is null)
            new QuietInvariants(world).Check();
        lines.Add("… until all is quiet");
        return new(world, lines);
    }
}
