using System.ComponentModel.DataAnnotations;
using Replays.Grains.Consultations;

namespace Replays.Api.Consultations;

/// <summary>Who treats.</summary>
public sealed record ClinicianView
{
    /// <summary>What the clinician's token bears as its subject.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public required string Id { get; init; }

    /// <summary>The name the patient knows.</summary>
    [StringLength(200, MinimumLength = 1), PlainText]
    public required string Name { get; init; }
}

/// <summary>A consultation to be booked.</summary>
public sealed record BookingRequest
{
    public required ClinicianView Clinician { get; init; }

    public required DateTimeOffset ScheduledFor { get; init; }

    /// <summary>IANA time zone in which dates are told to the patient, such as <c>Europe/London</c>; none: UTC.</summary>
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

/// <summary>The mode to start in or to switch to.</summary>
public sealed record ModeRequest(ConsultationMode Mode);

/// <summary>The patient's own consent, or its withdrawal.</summary>
public sealed record ConsentRequest
{
    [Recordable]
    public required ConsultationMode Mode { get; init; }

    public required bool Granted { get; init; }
}

/// <summary>Consent that was spoken.</summary>
public sealed record AttestedConsentRequest
{
    [Recordable]
    public required ConsultationMode Mode { get; init; }

    public required bool Granted { get; init; }

    /// <summary>Who heard it.</summary>
    [StringLength(200, MinimumLength = 1), PlainText]
    public required string AttestedBy { get; init; }
}

/// <summary>Why the call ends, if there is anything to say.</summary>
public sealed record EndRequest(EndReason? Reason = null);

public enum EndReason
{
    Completed,

    /// <summary>The wrong patient was in the call: everything recorded is discarded and an incident opens.</summary>
    WrongPatient,
}
