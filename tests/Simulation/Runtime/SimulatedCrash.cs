namespace Replays.Simulation.Runtime;

/// <summary>Unwinds the call chain of a process that died. It never reaches a caller that is still alive.</summary>
internal sealed class SimulatedCrash() : Exception("The process died.");
