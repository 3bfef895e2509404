namespace Replays.Media.Stores;

public enum MediaStoreProblem
{
    /// <summary>It does not respond or fails; a retry may succeed (503).</summary>
    Unavailable,

    /// <summary>No space is left (507).</summary>
    Full,

    /// <summary>Another writer has the object open (423).</summary>
    Busy,

    /// <summary>Durable bytes are missing. A retry does not help.</summary>
    Damaged,
}
