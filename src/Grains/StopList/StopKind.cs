namespace Replays.Grains.StopList;

/// <summary>The kinds of stops. The numbers are stored.</summary>
public enum StopKind
{
    /// <summary>A recording, until its incident is resolved.</summary>
    Quarantine = 0,

    /// <summary>A recording, permanently.</summary>
    Withdrawal = 1,

    /// <summary>One patient, or everyone, until resumed.</summary>
    Suspension = 2,

    /// <summary>A patient, permanently.</summary>
    Erasure = 3,
}
