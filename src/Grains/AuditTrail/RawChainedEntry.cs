namespace Replays.Grains.AuditTrail;

/// <summary>A <see cref="ChainedEntry"/> as bytes of the page that it lies in: verifying it makes no objects.</summary>
public readonly record struct RawChainedEntry(
    Guid Id, long RecordedAt, ReadOnlyMemory<byte> Commitment, ReadOnlyMemory<byte> Hash, ReadOnlyMemory<byte>? Salt, ReadOnlyMemory<byte>? Content)
{
    public static RawChainedEntry Of(ChainedEntry link) => new(link.Id, link.RecordedAt, link.Commitment, link.Hash, Part(link.Salt), Part(link.Content));

    /// <summary>Without the page.</summary>
    public RawChainedEntry Copy() => this with { Commitment = Commitment.ToArray(), Hash = Hash.ToArray(), Salt = Part(Salt?.ToArray()), Content = Part(Content?.ToArray()) };

    // By itself null would become empty bytes.
    private static ReadOnlyMemory<byte>? Part(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(bytes);
}
