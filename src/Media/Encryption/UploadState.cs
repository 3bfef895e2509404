namespace Replays.Media.Encryption;

/// <summary>Stored: the numbers are part of the format.</summary>
public enum UploadState : byte
{
    Open = 0,

    /// <summary>No byte is accepted any more; the last segment may not be in the body yet.</summary>
    Frozen = 1,

    /// <summary>The body is whole and can be read.</summary>
    Finished = 2,
}
