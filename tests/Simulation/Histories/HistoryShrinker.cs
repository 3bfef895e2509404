using Replays.Simulation.Driver;
using Replays.Simulation.PlantedBugs;

namespace Replays.Simulation.Histories;

/// <summary>Finds a shortest history that breaks the same invariant: without steps, without faults, with the smallest numbers.</summary>
internal static class HistoryShrinker
{
    private static readonly Func<Step, Step>[] Simplifications =
    [
        step => step with { Fault = null }, step => step with { A = 0 }, step => step with { B = 0 }, step => step with { Patient = 0 },
        step => step with { Routing = 0 },
    ];

    public static List<Step> Shrink(IReadOnlyList<Step> history, string invariant, PlantedBug? bug = null)
    {
        var shortest = history.ToList();
        for (var isShorter = true; isShorter;)
            isShorter = RemoveSteps(shortest, Breaks) | Simplify(shortest, Breaks);
        return shortest;

        bool Breaks(List<Step> steps) => Driver.Simulation.Run(steps, bug).Violation?.Invariant == invariant;
    }

    private static bool RemoveSteps(List<Step> steps, Func<List<Step>, bool> breaks)
    {
        var isShorter = false;
        for (var length = Math.Max(1, steps.Count / 2); length >= 1; length /= 2)
        {
            for (var start = steps.Count - length; start >= 0; start -= length)
            {
                var fewer = steps.Where((_, i) => i < start || i >= start + length).ToList();
                if (!breaks(fewer))
                    continue;
                steps.RemoveRange(start, length);
                isShorter = true;
            }
        }
        return isShorter;
    }

    private static bool Simplify(List<Step> steps, Func<List<Step>, bool> breaks)
    {
        var isSimpler = false;
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var simplify in Simplifications)
            {
                var before = steps[i];
                steps[i] = simplify(before);
                if (steps[i] == before)
                    continue;
                if (breaks(steps))
                    isSimpler = true;
                else
                    steps[i] = before;
            }
        }
        return isSimpler;
    }
}
