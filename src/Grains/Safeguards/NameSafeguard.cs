using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Lock <em>name</em>: a patient's grain compares the patient in a message's name with its own name before anything else; numbers repeat
/// across patients. (A consultation's grain needs no check: its participant is part of its own key.)
/// </summary>
internal sealed class NameSafeguard(EnabledSafeguards armed, SafeguardDenials refusals)
{
    /// <summary>Whether a message is meant for this patient.</summary>
    public bool Allows(PatientId own, IConsultationMessage message)
    {
        if (!armed.IsEnabled(Safeguard.Name) || message.Sender.Patient == own)
            return true;
        refusals.ReportDefect(Safeguard.Name, message.Sender.Name);
        return false;
    }

    /// <summary>Whether a replay in this patient's list is this patient's.</summary>
    public bool Allows(PatientId own, Replay replay)
    {
        if (!armed.IsEnabled(Safeguard.Name) || replay.Name.Patient == own)
            return true;
        refusals.ReportDefect(Safeguard.Name, replay.Name.Name);
        return false;
    }
}
