using Replays.Grains.Consultations;
using Replays.Grains.Identity;

namespace Replays.Grains.Patients;

/// <summary>A reference to a sealed recording, as the patient's ledger keeps it.</summary>
[GenerateSerializer, Immutable, Alias("replays.replay")]
public sealed record Replay
{
    [Id(0)]
    public required RecordingId Name { get; init; }

    [Id(1)]
    public required ConsultationMode Mode { get; init; }

    [Id(2)]
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Seconds.</summary>
    [Id(3)]
    public required double DurationSeconds { get; init; }

    [Id(4)]
    public required long SizeBytes { get; init; }

    [Id(5)]
    public required string ContentType { get; init; }

    /// <summary>Lower-case hexadecimal SHA-256 of the media.</summary>
    [Id(6)]
    public required string Sha256 { get; init; }

    /// <summary>Where the encrypted bytes are; random.</summary>
    [Id(7)]
    public required string ObjectKey { get; init; }

    /// <summary>The data key, wrapped under its patient's own key with the recording's name as associated data. Null: destroyed.</summary>
    [Id(8)]
    public required byte[]? WrappedKey { get; init; }

    /// <summary>Set when the replay was taken out of the list for good.</summary>
    [Id(9)]
    public Withdrawal? Withdrawal { get; init; }
}

/// <summary>Why, when and by whom a replay was withdrawn.</summary>
[GenerateSerializer, Immutable, Alias("replays.withdrawal")]
public sealed record Withdrawal([property: Id(0)] string Reason, [property: Id(1)] DateTimeOffset At, [property: Id(2)] Actor By);
