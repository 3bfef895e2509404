namespace Replays.Simulation.Driver;

/// <summary>An invariant that did not hold.</summary>
internal sealed record Violation(string Invariant, string Message)
{
    public override string ToString() => $"{Invariant}: {Message}";
}
