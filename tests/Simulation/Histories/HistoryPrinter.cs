using Replays.Simulation.Driver;

namespace Replays.Simulation.Histories;

/// <summary>Prints a step as a person reads it.</summary>
internal static class HistoryPrinter
{
    public static string Print(Step step, World world)
    {
        var fault = step.Fault is not { } planned ? "" : world.Cluster.Faults.Hit is { } hit ? $"   ! {planned.Kind} at: {hit}" : "";
        return $"{step.Kind}(patient {World.Patients[step.Patient]}, {step.A}, {step.B}, {step.Mode()}) → {world.Outcome}{fault}";
    }
}
