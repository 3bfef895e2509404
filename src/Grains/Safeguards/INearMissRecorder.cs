namespace Replays.Grains.Safeguards;

/// <summary>Collects denials that only a defect can cause. A worker opens one incident per cause, however often it occurs.</summary>
public interface INearMissRecorder
{
    /// <summary>Returns immediately.</summary>
    /// <param name="cause">The full name of the caller or of the misplaced record. Kept with the incident, never logged.</param>
    void Record(Safeguard deniedBy, string cause);
}
