using Replays.Api.Consultations;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Api.Replays;

/// <param name="Id"><c>{number}-{ordinal}</c>.</param>
/// <param name="DurationSeconds">As measured by the recorder.</param>
public sealed record ReplayView(
    string Id, string Title, ClinicianView Clinician, ConsultationMode Mode, DateTimeOffset RecordedAt, double DurationSeconds,
    long SizeBytes, string ContentType, int Consultation)
{
    /// <summary>The personal data that a listing discloses, as the exposure log stores it. Keep in step with the members.</summary>
    public const string Disclosed = "title clinician date mode duration";

    public static ReplayView Of(ListedReplay listed) => new(
        listed.Replay.Name.ReplayId, ReplayTitle.Format(listed), ClinicianView.Of(listed.Booking.Clinician), listed.Replay.Mode,
        listed.Replay.RecordedAt, listed.Replay.DurationSeconds, listed.Replay.SizeBytes, listed.Replay.ContentType,
        listed.Replay.Name.Consultation.Number);
}
