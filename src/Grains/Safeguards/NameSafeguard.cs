using Replays.Grains.Patients;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Safeguard <em>name</em>: a patient's grain compares the patient in a message's name with its own name before anything else; numbers
/// repeat across patients. A consultation's grain needs no check: its patient is part of its own key.
/// </summary>
internal static class NameSafeguard
{
    /// <summary>Denies a message for another patient.</summary>
    public static Denial? Check(EnabledSafeguards enabled, PatientId own, IConsultationMessage message) =>
        Check(enabled, own, message.Sender.Patient, message.Sender.Name);

    /// <summary>Denies another patient's replay in this patient's list.</summary>
    public static Denial? Check(EnabledSafeguards enabled, PatientId own, Replay replay) =>
        Check(enabled, own, replay.Name.Patient, replay.Name.Name);

    private static Denial? Check(EnabledSafeguards enabled, PatientId own, PatientId named, string cause) =>
        enabled.IsEnabled(Safeguard.Name) && named != own ? new(Safeguard.Name, cause) : null;
}
