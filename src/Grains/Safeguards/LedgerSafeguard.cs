using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Lock <em>ledger</em>: a patient's grain accepts a replay only for a consultation whose full name is in its own ledger, in progress or
/// ended, not settled.
/// </summary>
internal sealed class LedgerSafeguard(EnabledSafeguards armed, SafeguardDenials refusals)
{
    /// <param name="entry">What the ledger holds under the consultation's number; null when nothing.</param>
    /// <param name="consultation">The consultation that the recording names.</param>
    public bool Allows(LedgerEntry? entry, ConsultationId consultation)
    {
        if (!armed.IsEnabled(Safeguard.Ledger))
            return true;
        if (entry is null || entry.Name != consultation)
        {
            refusals.ReportDefect(Safeguard.Ledger, consultation.Name);
            return false;
        }
        if (entry.Status is ConsultationStatus.InProgress or ConsultationStatus.Ended)
            return true;
        refusals.RecordDenial(Safeguard.Ledger);
        return false;
    }
}
