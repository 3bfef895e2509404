namespace Replays.Grains.Incidents;

/// <summary>What happens to the recordings of a resolved incident.</summary>
[GenerateSerializer, Alias("replays.incident-outcome")]
public enum IncidentOutcome
{
    /// <summary>Visible again.</summary>
    Restored = 0,

    /// <summary>Permanently unavailable. The data keys are destroyed when a second officer approves.</summary>
    Withdrawn = 1,
}
