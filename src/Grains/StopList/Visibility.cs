namespace Replays.Grains.StopList;

/// <summary>Whether something may be shown.</summary>
public enum Visibility
{
    Visible,

    /// <summary>Indistinguishable from what never existed: 404, even during a suspension.</summary>
    Gone,

    /// <summary>Temporarily unavailable: 503 <c>playback-suspended</c>.</summary>
    Suspended,
}
