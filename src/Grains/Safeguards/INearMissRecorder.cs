namespace Replays.Grains.Safeguards;

/// <summary>Takes note of refusals that only a defect can cause, so that an incident opens: one a cause, however often it comes.</summary>
public interface INearMissRecorder
{
    /// <summary>Returns at once; what it takes to keep the note happens elsewhere.</summary>
    /// <param name="refusedBy">The lock that refused.</param>
    /// <param name="cause">The full name of what tried, or of the record that is out of place. Kept with the incident, never logged.</param>
    void Record(Safeguard refusedBy, string cause);
}
