namespace Replays.Grains.Consultations;

/// <summary>The recorder's wish to open a recording in the consultation's present mode.</summary>
[GenerateSerializer, Immutable, Alias("replays.open-recording-request")]
public sealed record OpenRecordingRequest
{
    [Id(0)]
    public required string ContentType { get; init; }

    /// <summary>The mode the recorder believes the consultation to be in; none: whatever it is.</summary>
    [Id(1)]
    public ConsultationMode? Mode { get; init; }

    /// <summary>Bytes of the whole, if known from the start.</summary>
    [Id(2)]
    public long? Length { get; init; }

    /// <summary>The secret that the patient's app brought into the room.</summary>
    [Id(3)]
    public string? Presence { get; init; }

    [Id(4)]
    public IdempotencyKey? IdempotencyKey { get; init; }
}
