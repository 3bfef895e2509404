using Replays.Grains.Consultations;

namespace Replays.Grains.Patients;

/// <summary>A consultation in its patient's ledger, with its replays ordered by ordinal.</summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-entry")]
public sealed record LedgerEntry
{
    [Id(0)] public required ConsultationId Name { get; init; }
    [Id(1)] public required Booking Booking { get; init; }
    [Id(2)] public required ConsultationStatus Status { get; init; }
    [Id(3)] public required DateTimeOffset BookedAt { get; init; }
    [Id(4)] public IdempotencyKey? IdempotencyKey { get; init; }
    [Id(5)] public ImmutableArray<Replay> Replays { get; init; } = [];

    /// <summary>Recordings that the consultation discards: a late delivery of one is rejected.</summary>
    [Id(6)] public ImmutableArray<int> RejectedOrdinals { get; init; } = [];
}
