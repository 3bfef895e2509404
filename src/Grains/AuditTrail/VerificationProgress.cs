namespace Replays.Grains.AuditTrail;

/// <summary>How far the verification of a trail is, and what it found.</summary>
[GenerateSerializer, Immutable, Alias("replays.verification-progress")]
public sealed record VerificationProgress
{
    /// <summary>Nothing verified yet.</summary>
    public static readonly VerificationProgress NotStarted = new();

    /// <summary>Entries seen.</summary>
    [Id(0)]
    public long Entries { get; init; }

    /// <summary>Number of the first entry that is changed, missing, out of order or should not be there.</summary>
    [Id(1)]
    public long? FirstBroken { get; init; }

    [Id(2)]
    public bool IsComplete { get; init; }

    /// <summary>The chain's hash so far.</summary>
    [Id(3)]
    public byte[]? Hash { get; init; }

    /// <summary>What the head sealed when the verification began.</summary>
    [Id(4)]
    public long HeadCount { get; init; }

    [Id(5)]
    public byte[]? HeadHash { get; init; }

    /// <summary>The first entry so far that says nothing although no erasure has destroyed it.</summary>
    [Id(6)]
    public long? FirstBlank { get; init; }

    /// <summary>Whether all that came after the last erasure says nothing.</summary>
    [Id(7)]
    public bool FollowsErasure { get; init; }

    public bool IsIntact => IsComplete && FirstBroken is null;
}
