using Replays.Grains.Patients;

namespace Replays.Grains.Consultations;

/// <summary>A recording in the stored record of its consultation.</summary>
[GenerateSerializer, Immutable, Alias("replays.recording-state")]
public sealed record RecordingState
{
    /// <summary>From 1, in the order of opening.</summary>
    [Id(0)] public required int Ordinal { get; init; }
    [Id(1)] public required ConsultationMode Mode { get; init; }
    [Id(2)] public required RecordingStatus Status { get; init; }
    [Id(3)] public required DateTimeOffset StartedAt { get; init; }
    [Id(4)] public required string ContentType { get; init; }
    [Id(5)] public long? Length { get; init; }
    [Id(6)] public required string UploadToken { get; init; }
    [Id(7)] public required string ObjectKey { get; init; }
    [Id(8)] public required byte[] WrappedKey { get; init; }
    [Id(9)] public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>The sealed media. Before the recording is available: verified media that await delivery.</summary>
    [Id(10)] public VerifiedMedia? Media { get; init; }

    internal bool IsUnsealed => Status is RecordingStatus.Open or RecordingStatus.Closed;

    internal bool AwaitsDelivery => Status is RecordingStatus.Closed && Media is not null;

    internal Recording ToSnapshot(ConsultationId consultation)
    {
        var available = Status is RecordingStatus.Available ? Media : null;
        return new()
        {
            Name = consultation.Recording(Ordinal),
            Mode = Mode,
            Status = Status,
            StartedAt = StartedAt,
            ContentType = ContentType,
            Length = Length,
            UploadToken = UploadToken,
            ObjectKey = ObjectKey,
            Sha256 = available?.Sha256,
            SizeBytes = available?.SizeBytes,
        };
    }

    internal Replay ToReplay(ConsultationId consultation) => new()
    {
        Name = consultation.Recording(Ordinal),
        Mode = Mode,
        RecordedAt = StartedAt,
        DurationSeconds = Media!.DurationSeconds,
        SizeBytes = Media.SizeBytes,
        ContentType = ContentType,
        Sha256 = Media.Sha256,
        ObjectKey = ObjectKey,
        WrappedKey = WrappedKey,
    };
}
