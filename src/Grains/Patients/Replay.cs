using Replays.Grains.Consultations;

namespace Replays.Grains.Patients;

/// <summary>A reference to a sealed recording in the patient's ledger.</summary>
[GenerateSerializer, Immutable, Alias("replays.replay")]
public sealed record Replay
{
    [Id(0)] public required RecordingId Name { get; init; }
    [Id(1)] public required ConsultationMode Mode { get; init; }
    [Id(2)] public required DateTimeOffset RecordedAt { get; init; }
    [Id(3)] public required double DurationSeconds { get; init; }
    [Id(4)] public required long SizeBytes { get; init; }
    [Id(5)] public required string ContentType { get; init; }

    /// <summary>SHA-256 of the media in lower-case hexadecimal.</summary>
    [Id(6)] public required string Sha256 { get; init; }

    /// <summary>The key of the encrypted media object.</summary>
    [Id(7)] public required string ObjectKey { get; init; }

    /// <summary>The data key, wrapped under the patient's key with the recording's name as associated data; null once destroyed.</summary>
    [Id(8)] public required byte[]? WrappedKey { get; init; }

    /// <summary>Set once the replay is permanently withdrawn.</summary>
    [Id(9)] public Withdrawal? Withdrawal { get; init; }
}
