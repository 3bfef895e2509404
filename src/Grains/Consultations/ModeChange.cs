namespace Replays.Grains.Consultations;

/// <summary>A mode and the time it started.</summary>
[GenerateSerializer, Immutable, Alias("replays.mode-change")]
public sealed record ModeChange([property: Id(0)] ConsultationMode Mode, [property: Id(1)] DateTimeOffset Since);
