namespace Replays.Simulation.Driver;

/// <summary>What a history led to.</summary>
/// <param name="World">The world at its end.</param>
/// <param name="Lines">What was done and what came of it, one line per step.</param>
internal sealed record SimulationResult(World World, IReadOnlyList<string> Lines)
{
    public Violation? Violation => World.Violation;
}
