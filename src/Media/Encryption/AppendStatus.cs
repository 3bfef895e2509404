namespace Replays.Media.Encryption;

/// <summary>The outcome of an append. In every case exactly <see cref="AppendResult.Offset"/> bytes are durable.</summary>
public enum AppendStatus
{
    /// <summary>All bytes are durable (204).</summary>
    Stored,

    /// <summary>The client disconnected. The bytes received are durable, except with a checksum: then none are kept.</summary>
    Interrupted,

    /// <summary>The upload is at another offset than the one given (409). The body is not read.</summary>
    OffsetMismatch,

    /// <summary>The bytes do not match the checksum (460). Nothing of this append is kept.</summary>
    ChecksumMismatch,

    /// <summary>The upload exceeds the allowed length (413).</summary>
    TooLarge,

    /// <summary>Another upload of this recording is in progress, in this process or another (423).</summary>
    InProgress,

    /// <summary>The upload is frozen and accepts no more bytes (423).</summary>
    Frozen,

    /// <summary>The store is full (507).</summary>
    StorageFull,
}
