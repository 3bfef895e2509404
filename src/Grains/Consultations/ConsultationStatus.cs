namespace Replays.Grains.Consultations;

/// <summary><c>Booked → InProgress → Ended → Settled</c>, or <c>Booked → Cancelled</c>.</summary>
[GenerateSerializer, Alias("replays.consultation-status")]
public enum ConsultationStatus
{
    Booked = 0,
    InProgress = 1,

    /// <summary>No new recordings; uploads may finish until the upload deadline.</summary>
    Ended = 2,

    /// <summary>Final: later deliveries are rejected.</summary>
    Settled = 3,

    Cancelled = 4,
}
