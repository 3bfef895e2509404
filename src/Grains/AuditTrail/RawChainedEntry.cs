namespace Replays.Grains.AuditTrail;

/// <summary>A <see cref="ChainedEntry"/> as slices of its page's bytes, so that verification allocates no objects.</summary>
public readonly record struct RawChainedEntry(
    Guid Id, long RecordedAt, ReadOnlyMemory<byte> Commitment, ReadOnlyMemory<byte> Hash,
    ReadOnlyMemory<byte>? Salt, ReadOnlyMemory<byte>? Content)
{
    public static RawChainedEntry Of(ChainedEntry entry) =>
        new(entry.Id, entry.RecordedAt, entry.Commitment, entry.Hash, ToMemory(entry.Salt), ToMemory(entry.Content));

    /// <summary>Returns a copy that is independent of the page.</summary>
    public RawChainedEntry Copy() => this with
    {
        Commitment = Commitment.ToArray(),
        Hash = Hash.ToArray(),
        Salt = ToMemory(Salt?.ToArray()),
        Content = ToMemory(Content?.ToArray()),
    };

    // A bare null would be converted to byte[] and become empty bytes.
    private static ReadOnlyMemory<byte>? ToMemory(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes.AsMemory();
}
