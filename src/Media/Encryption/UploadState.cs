namespace Replays.Media.Encryption;

/// <summary>The numbers are part of the stored format.</summary>
internal enum UploadState : byte
{
    Open = 0,

    /// <summary>No more bytes are accepted; the last segment may not be in the body yet.</summary>
    Frozen = 1,

    /// <summary>The body is complete and readable.</summary>
    Finished = 2,
}
