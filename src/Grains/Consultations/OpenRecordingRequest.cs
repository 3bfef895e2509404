namespace Replays.Grains.Consultations;

/// <summary>A request to open a recording in the current mode.</summary>
[GenerateSerializer, Immutable, Alias("replays.open-recording-request")]
public sealed record OpenRecordingRequest
{
    [Id(0)] public required string ContentType { get; init; }

    /// <summary>The mode the recorder expects; null accepts the current one.</summary>
    [Id(1)] public ConsultationMode? Mode { get; init; }

    /// <summary>Declared length in bytes; null while unknown.</summary>
    [Id(2)] public long? Length { get; init; }

    /// <summary>The secret that the patient's app brought into the room.</summary>
    [Id(3)] public string? Presence { get; init; }
    [Id(4)] public IdempotencyKey? IdempotencyKey { get; init; }
}
