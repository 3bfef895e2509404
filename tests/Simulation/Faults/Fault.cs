namespace Replays.Simulation.Faults;

/// <summary>A fault of one step.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="At">At which of the step's matching effects or calls, from 0.</param>
internal sealed record Fault(FaultKind Kind, int At)
{
    public override string ToString() => $"{Kind} #{At}";
}
