namespace Replays.Media.Stores;

public enum MediaStoreProblem
{
    /// <summary>It does not answer, or fails; worth trying again (503).</summary>
    Unavailable,

    /// <summary>No room is left (507).</summary>
    Full,

    /// <summary>Another writer has the object (423).</summary>
    Busy,

    /// <summary>Bytes that were durable are not there any more. Trying again does not help.</summary>
    Damaged,
}
