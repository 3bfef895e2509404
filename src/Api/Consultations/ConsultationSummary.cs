using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Api.Consultations;

/// <summary>The part of a consultation that the patient's ledger holds.</summary>
public sealed record ConsultationSummary(
    string Name, int Number, ClinicianView Clinician, DateTimeOffset ScheduledFor, string? Reason, ConsultationStatus Status)
{
    public static ConsultationSummary Of(LedgerEntry entry) => new(
        entry.Name.Name, entry.Name.Number, ClinicianView.Of(entry.Booking.Clinician), entry.Booking.ScheduledFor,
        entry.Booking.Reason, entry.Status);
}
