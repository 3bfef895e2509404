namespace Replays.Grains.Consultations;

/// <summary>The result of verifying a recording's frozen media.</summary>
[GenerateSerializer, Immutable, Alias("replays.verified-media")]
public sealed record VerifiedMedia
{
    /// <summary>As measured by the recorder.</summary>
    [Id(0)] public required double DurationSeconds { get; init; }

    /// <summary>SHA-256 in lower-case hexadecimal, computed from the stored media.</summary>
    [Id(1)] public required string Sha256 { get; init; }
    [Id(2)] public required long SizeBytes { get; init; }
}
