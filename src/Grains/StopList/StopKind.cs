namespace Replays.Grains.StopList;

/// <summary>Why something is stopped. The numbers are stored.</summary>
public enum StopKind
{
    /// <summary>A recording, until its incident is resolved.</summary>
    Quarantine = 0,

    /// <summary>A recording, for good.</summary>
    Withdrawal = 1,

    /// <summary>Everything, or everything of one patient, until it is switched on again.</summary>
    Suspension = 2,

    /// <summary>A patient, for good.</summary>
    Erasure = 3,
}
