namespace Replays.Grains.Consultations;

/// <summary>What was agreed when the consultation was booked; all that a consultation needs to begin.</summary>
[GenerateSerializer, Immutable, Alias("replays.booking")]
public sealed record Booking
{
    [Id(0)]
    public required Clinician Clinician { get; init; }

    [Id(1)]
    public required DateTimeOffset ScheduledFor { get; init; }

    /// <summary>IANA time zone in which dates are told to the patient; none: UTC.</summary>
    [Id(2)]
    public string? TimeZone { get; init; }

    [Id(3)]
    public string? Reason { get; init; }
}
