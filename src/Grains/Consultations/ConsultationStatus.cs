namespace Replays.Grains.Consultations;

/// <summary><c>Booked → InProgress → Ended → Settled</c>, or <c>Booked → Cancelled</c>.</summary>
[GenerateSerializer, Alias("replays.consultation-status")]
public enum ConsultationStatus
{
    Booked = 0,
    InProgress = 1,

    /// <summary>No new recordings; open uploads may finish until the upload deadline.</summary>
    Ended = 2,

    /// <summary>Over for good: later deliveries are refused.</summary>
    Settled = 3,

    Cancelled = 4,
}
