namespace Replays.Grains.Consultations;

/// <summary>A snapshot of a recording: a segment of the consultation in one mode.</summary>
[GenerateSerializer, Immutable, Alias("replays.recording")]
public sealed record Recording
{
    [Id(0)] public required RecordingId Name { get; init; }
    [Id(1)] public required ConsultationMode Mode { get; init; }
    [Id(2)] public required RecordingStatus Status { get; init; }
    [Id(3)] public required DateTimeOffset StartedAt { get; init; }
    [Id(4)] public required string ContentType { get; init; }

    /// <summary>Declared length in bytes; null while unknown.</summary>
    [Id(5)] public long? Length { get; init; }

    /// <summary>Proves that an upload is meant for this recording. Uploads without it are rejected.</summary>
    [Id(6)] public required string UploadToken { get; init; }

    /// <summary>SHA-256 of the sealed media in lower-case hexadecimal.</summary>
    [Id(7)] public string? Sha256 { get; init; }

    /// <summary>The key of the encrypted media object. Random, not secret.</summary>
    [Id(8)] public required string ObjectKey { get; init; }

    /// <summary>Size of the sealed media in bytes.</summary>
    [Id(9)] public long? SizeBytes { get; init; }
}
