namespace Replays.Grains.AuditTrail;

/// <summary>A stored entry. Its hash covers a commitment to the content, which can be destroyed without breaking the chain.</summary>
[GenerateSerializer, Immutable, Alias("replays.chained-entry")]
public sealed record ChainedEntry
{
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>When it was appended, in milliseconds since 1970; never before the preceding entry.</summary>
    [Id(1)] public required long RecordedAt { get; init; }
    [Id(2)] public required byte[] Commitment { get; init; }
    [Id(3)] public required byte[] Hash { get; init; }

    /// <summary>16 random bytes, without which the commitment reveals nothing about the content; null once erased.</summary>
    [Id(4)] public byte[]? Salt { get; init; }

    /// <summary>The <see cref="AuditEntry"/> in JSON; null once erased.</summary>
    [Id(5)] public byte[]? Content { get; init; }
}
