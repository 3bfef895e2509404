namespace Replays.Grains.Consultations;

/// <summary>A mode and when it began.</summary>
[GenerateSerializer, Immutable, Alias("replays.mode-since")]
public sealed record ModeSince([property: Id(0)] ConsultationMode Mode, [property: Id(1)] DateTimeOffset Since);
