using System.ComponentModel.DataAnnotations;
using Replays.Grains.Consultations;

namespace Replays.Api.Consultations;

public sealed record BookingRequest
{
    public required ClinicianView Clinician { get; init; }
    public required DateTimeOffset ScheduledFor { get; init; }

    /// <summary>The IANA time zone for dates shown to the patient, such as <c>Europe/London</c>. Default UTC.</summary>
    [StringLength(64), TimeZone]
    public string? TimeZone { get; init; }

    [StringLength(2000), PlainText]
    public string? Reason { get; init; }

    public Booking ToBooking() => new()
    {
        Clinician = new(Clinician.Id, Clinician.Name),
        ScheduledFor = ScheduledFor.ToUniversalTime(),
        TimeZone = TimeZone,
        Reason = Reason,
    };
}
