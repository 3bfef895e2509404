namespace Replays.Grains.AuditTrail;

/// <summary>Progress and result of verifying an audit trail.</summary>
[GenerateSerializer, Immutable, Alias("replays.verification-progress")]
public sealed record VerificationProgress
{
    public static readonly VerificationProgress NotStarted = new();

    /// <summary>Number of entries verified.</summary>
    [Id(0)] public long Entries { get; init; }

    /// <summary>Number of the first entry that is changed, missing, inserted or out of order.</summary>
    [Id(1)] public long? FirstBroken { get; init; }
    [Id(2)] public bool IsComplete { get; init; }

    /// <summary>Hash of the last verified entry.</summary>
    [Id(3)] public byte[]? Hash { get; init; }

    /// <summary>Number of entries that the head covered when the verification started.</summary>
    [Id(4)] public long HeadCount { get; init; }
    [Id(5)] public byte[]? HeadHash { get; init; }

    /// <summary>Number of the first blank entry that no erasure explains.</summary>
    [Id(6)] public long? FirstBlank { get; init; }

    /// <summary>Whether all entries since the last erasure are blank.</summary>
    [Id(7)] public bool FollowsErasure { get; init; }

    public bool IsIntact => IsComplete && FirstBroken is null;
}
