namespace Replays.Grains.Consultations;

/// <summary>A snapshot of a consultation.</summary>
[GenerateSerializer, Immutable, Alias("replays.consultation")]
public sealed record Consultation
{
    [Id(0)] public required ConsultationId Name { get; init; }
    [Id(1)] public required Booking Booking { get; init; }
    [Id(2)] public required ConsultationStatus Status { get; init; }

    /// <summary>The current mode; null before the start.</summary>
    [Id(3)] public ConsultationMode? Mode { get; init; }
    [Id(4)] public Consent? Audio { get; init; }
    [Id(5)] public Consent? Video { get; init; }
    [Id(6)] public ImmutableArray<ModeChange> Modes { get; init; } = [];
    [Id(7)] public ImmutableArray<Recording> Recordings { get; init; } = [];
}
