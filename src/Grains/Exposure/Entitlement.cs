namespace Replays.Grains.Exposure;

/// <summary>Whether somebody was entitled to what they were shown.</summary>
public enum Entitlement
{
    Yes,

    No,

    /// <summary>By name they were, but it was reported that the recording is not what its name says. Counts as a recipient.</summary>
    Unknown,
}
