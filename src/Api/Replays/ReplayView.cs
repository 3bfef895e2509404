using Replays.Api.Consultations;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Api.Replays;

/// <summary>A replay in a list.</summary>
/// <param name="Id"><c>{number}-{ordinal}</c>.</param>
/// <param name="Title">What it is: how, with whom and when.</param>
/// <param name="Clinician">Who treated.</param>
/// <param name="Mode">What was recorded.</param>
/// <param name="RecordedAt">When the recording began.</param>
/// <param name="DurationSeconds">As the recorder measured.</param>
/// <param name="SizeBytes">Of the media.</param>
/// <param name="ContentType">Of the media.</param>
/// <param name="Consultation">The consultation's number.</param>
public sealed record ReplayView(
    string Id,
    string Title,
    ClinicianView Clinician,
    ConsultationMode Mode,
    DateTimeOffset RecordedAt,
    double DurationSeconds,
    long SizeBytes,
    string ContentType,
    int Consultation)
{
    /// <summary>What this says of somebody, as the evidence calls it: whoever is shown it knows that. To be kept in step with the members.</summary>
    public const string Discloses = "title clinician date mode duration";

    public static ReplayView Of(ListedReplay listed) => new(
        listed.Replay.Name.ReplayId,
        ReplayTitle.Format(listed),
        new() { Id = listed.Booking.Clinician.Id, Name = listed.Booking.Clinician.Name },
        listed.Replay.Mode,
        listed.Replay.RecordedAt,
        listed.Replay.DurationSeconds,
        listed.Replay.SizeBytes,
        listed.Replay.ContentType,
        listed.Replay.Name.Consultation.Number);
}
