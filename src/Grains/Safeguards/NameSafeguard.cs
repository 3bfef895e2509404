using Replays.Grains.Patients;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Safeguard <em>name</em>: a patient's grain compares the patient in a message's name with its own name before anything else; numbers
/// repeat across patients. A consultation's grain needs no check: its patient is part of its own key.
/// </summary>
internal static class NameSafeguard
{
    /// <summary>Denies a message that is meant for another patient.</summary>
    public static Denial? Check(EnabledSafeguards enabled, PatientId own, IConsultationMessage message) =>
        IsDenied(enabled, own, message.Sender.Patient) ? new(Safeguard.Name, message.Sender.Name) : null;

    /// <summary>Denies a replay in this patient's list that belongs to another patient.</summary>
    public static Denial? Check(EnabledSafeguards enabled, PatientId own, Replay replay) =>
        IsDenied(enabled, own, replay.Name.Patient) ? new(Safeguard.Name, replay.Name.Name) : null;

    private static bool IsDenied(EnabledSafeguards enabled, PatientId own, PatientId named) => enabled.IsEnabled(Safeguard.Name) && named != own;
}
