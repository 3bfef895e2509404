namespace Replays.Media.Encryption;

/// <summary>What became of an append. In every case <see cref="AppendResult.Offset"/> bytes are durable, and nothing beyond.</summary>
public enum AppendStatus
{
    /// <summary>All of it is durable (204).</summary>
    Stored,

    /// <summary>The client went away; what had arrived is durable, unless it came with a checksum: then nothing of it is.</summary>
    Interrupted,

    /// <summary>The upload is not at the offset that was given (409). Nothing was read.</summary>
    OffsetMismatch,

    /// <summary>The bytes are not what the checksum says (460). Nothing of this call is kept.</summary>
    ChecksumMismatch,

    /// <summary>More bytes than allowed (413).</summary>
    TooLarge,

    /// <summary>Another upload of this recording is under way, in this process or another (423).</summary>
    InProgress,

    /// <summary>Sealed: no byte is accepted any more (423).</summary>
    Frozen,

    /// <summary>The store is full (507).</summary>
    StorageFull,
}
