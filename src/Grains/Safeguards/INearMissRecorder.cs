namespace Replays.Grains.Safeguards;

/// <summary>Collects denials that only a defect can cause, so that an incident opens: one per cause, however often it occurs.</summary>
public interface INearMissRecorder
{
    /// <summary>Returns immediately; the incident is opened elsewhere.</summary>
    /// <param name="deniedBy">The safeguard that denied.</param>
    /// <param name="cause">The full name of the caller, or of the record that is out of place. Kept with the incident, never logged.</param>
    void Record(Safeguard deniedBy, string cause);
}
