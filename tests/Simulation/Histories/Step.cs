using Replays.Simulation.Faults;

namespace Replays.Simulation.Histories;

/// <summary>
/// One step of a history. Its numbers select among what there is when it runs, so that it keeps its meaning when steps before it are
/// removed.
/// </summary>
/// <param name="Kind">What is done.</param>
/// <param name="Patient">The patient, 0 to 2.</param>
/// <param name="A">The consultation, the newest first; or the first parameter.</param>
/// <param name="B">The recording, the newest first; or the second parameter.</param>
/// <param name="Mode">1 audio, 2 video.</param>
internal sealed record Step(StepKind Kind, int Patient = 0, int A = 0, int B = 0, int Mode = 2)
{
    /// <summary>Chooses between two activations of a grain, one bit per call.</summary>
    public int Routing { get; init; }

    public Fault? Fault { get; init; }
}
