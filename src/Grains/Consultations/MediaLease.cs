namespace Replays.Grains.Consultations;

/// <summary>
/// The right to work on one recording's media: one holder per recording at a time, for <see cref="Lifetime"/> unless renewed. A holder that
/// fails to renew in time stops writing.
/// </summary>
[GenerateSerializer, Immutable, Alias("replays.media-lease")]
public sealed record MediaLease
{
    /// <summary>How long a lease is valid without renewal.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(15);

    [Id(0)] public required Guid Id { get; init; }
    [Id(1)] public required RecordingId Recording { get; init; }
    [Id(2)] public required string ObjectKey { get; init; }

    /// <summary>The recording's data key, 256 bits.</summary>
    [Id(3)] public required byte[] DataKey { get; init; }
    [Id(4)] public required ConsultationMode Mode { get; init; }
    [Id(5)] public required string ContentType { get; init; }

    /// <summary>Declared length in bytes; null while unknown.</summary>
    [Id(6)] public long? Length { get; init; }
}
