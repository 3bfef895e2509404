namespace Replays.Grains.Consultations;

/// <summary>What the Api found in a recording's frozen media, and what the recorder said of it.</summary>
[GenerateSerializer, Immutable, Alias("replays.verified-media")]
public sealed record VerifiedMedia
{
    /// <summary>Seconds, as the recorder measured.</summary>
    [Id(0)]
    public required double DurationSeconds { get; init; }

    /// <summary>SHA-256 over the media in lower-case hexadecimal, recomputed from what is stored.</summary>
    [Id(1)]
    public required string Sha256 { get; init; }

    /// <summary>Bytes.</summary>
    [Id(2)]
    public required long SizeBytes { get; init; }
}
