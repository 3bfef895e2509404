using Replays.Grains.Consultations;

namespace Replays.Api.Consultations;

public sealed record ConsultationView(
    string Name, string Patient, int Number, ClinicianView Clinician, DateTimeOffset ScheduledFor, string? TimeZone, string? Reason,
    ConsultationStatus Status, ConsultationMode? Mode, ConsentsView Consents, IReadOnlyList<ModeView> Modes,
    IReadOnlyList<RecordingSummary> Recordings)
{
    public static ConsultationView Of(Consultation consultation) => new(
        consultation.Name.Name, consultation.Name.Patient.Value, consultation.Name.Number,
        ClinicianView.Of(consultation.Booking.Clinician), consultation.Booking.ScheduledFor, consultation.Booking.TimeZone,
        consultation.Booking.Reason, consultation.Status, consultation.Mode,
        new(ConsentView.Of(consultation.Audio), ConsentView.Of(consultation.Video)),
        [.. consultation.Modes.Select(mode => new ModeView(mode.Mode, mode.Since))],
        [.. consultation.Recordings.Select(RecordingSummary.Of)]);
}

public sealed record ConsentsView(ConsentView? Audio, ConsentView? Video);

public sealed record ConsentView(bool Granted, DateTimeOffset At, string By, bool Attested)
{
    public static ConsentView? Of(Consent? consent) =>
        consent is null ? null : new(consent.Granted, consent.At, consent.By, consent.Attested);
}

public sealed record ModeView(ConsultationMode Mode, DateTimeOffset Since);

/// <summary>A recording without its upload token.</summary>
public sealed record RecordingSummary(string Name, int Ordinal, ConsultationMode Mode, RecordingStatus Status, DateTimeOffset StartedAt)
{
    public static RecordingSummary Of(Recording recording) =>
        new(recording.Name.Name, recording.Name.Ordinal, recording.Mode, recording.Status, recording.StartedAt);
}
