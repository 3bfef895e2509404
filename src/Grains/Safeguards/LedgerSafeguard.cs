using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Safeguard <em>ledger</em>: a patient's grain accepts a replay only for a consultation whose full name is in its own ledger, in progress
/// or ended, not settled.
/// </summary>
internal static class LedgerSafeguard
{
    /// <param name="enabled">The enabled safeguards.</param>
    /// <param name="entry">The ledger's entry under the consultation's number; null when there is none.</param>
    /// <param name="consultation">The consultation that the recording names.</param>
    public static Denial? Check(EnabledSafeguards enabled, LedgerEntry? entry, ConsultationId consultation)
    {
        if (!enabled.IsEnabled(Safeguard.Ledger))
            return null;
        if (entry is null || entry.Name != consultation)
            return new(Safeguard.Ledger, consultation.Name);
        return entry.Status is ConsultationStatus.InProgress or ConsultationStatus.Ended ? null : new(Safeguard.Ledger);
    }
}
