namespace Replays.Grains.Exposure;

/// <summary>Whether a recipient was entitled to what was shown.</summary>
public enum Entitlement
{
    Yes,
    No,

    /// <summary>Entitled by name, but the recording was reported as another person's. Counted as wrongly shown.</summary>
    Unknown,
}
