using Replays.Grains.Consultations;

namespace Replays.Grains.Patients;

/// <summary>A replay with the booking of its consultation.</summary>
[GenerateSerializer, Immutable, Alias("replays.listed-replay")]
public sealed record ListedReplay([property: Id(0)] Replay Replay, [property: Id(1)] Booking Booking);
