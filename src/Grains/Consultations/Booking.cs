namespace Replays.Grains.Consultations;

/// <summary>Everything that a consultation needs before its first change.</summary>
[GenerateSerializer, Immutable, Alias("replays.booking")]
public sealed record Booking
{
    [Id(0)] public required Clinician Clinician { get; init; }
    [Id(1)] public required DateTimeOffset ScheduledFor { get; init; }

    /// <summary>IANA time zone in which the patient sees dates. Default UTC.</summary>
    [Id(2)] public string? TimeZone { get; init; }
    [Id(3)] public string? Reason { get; init; }
}
