namespace Replays.Grains.StopList;

/// <summary>Whether something may be shown.</summary>
public enum Visibility
{
    Visible,

    /// <summary>As if it had never been: 404, whatever else is suspended.</summary>
    Gone,

    /// <summary>Switched off for now: 503 <c>playback-suspended</c>.</summary>
    Suspended,
}
