using Replays.Grains.Safeguards;
using Replays.Grains.StopList;

namespace Replays.Grains.Patients;

/// <summary>
/// The patient's part of an erasure (GDPR Art. 17): the stop list and the patient's key first, the ledger last. Media, consultations,
/// evidence and the audit trail's content are erased in between by a worker.
/// </summary>
internal sealed class PatientErasure(
    PatientId own, LedgerStore ledger, LedgerRules rules, KeySafeguard keys, IStopList stops, TimeProvider time, Action deactivate)
{
    public async Task<ErrorCode> Begin(Actor by, CancellationToken cancellation)
    {
        await ledger.ReadHeader();
        if (ledger.Header.IsErasing && await IsConfirmed(cancellation))
            return ErrorCode.None;
        var decision = rules.BeginErasure(ledger.Header);
        if (decision.Error is not ErrorCode.None)
            return decision.Error;
        // Written first: this write fails if another activation sets a legal hold meanwhile.
        await ledger.SaveHeader(decision.Next);
        try
        {
            if (!await stops.Erase(own, by, cancellation))
            {
                await ledger.SaveHeader(ledger.Header with { IsErasing = false });
                return ErrorCode.IncidentOpen;
            }
        }
        catch
        {
            deactivate(); // the next activation checks whether the stop was written
            throw;
        }
        await keys.Destroy(own, cancellation);
        return ErrorCode.None;
    }

    /// <summary>Destroys the key, in case a crash prevented it.</summary>
    /// <returns>False: no erasure is in progress.</returns>
    public async Task<bool> Resume(CancellationToken cancellation)
    {
        await ledger.ReadHeader(); // a late call must not destroy the key of a patient who is booked again
        if (ledger.Header.IsErasing)
            await keys.Destroy(own, cancellation);
        return ledger.Header.IsErasing;
    }

    /// <summary>Deletes the ledger and writes the tombstone.</summary>
    public async Task Complete()
    {
        await ledger.ReadHeader();
        if (!ledger.Header.IsErasing)
            return;
        if (await ledger.ReadLastNumber() is var last && last > ledger.Header.LastErasedNumber)
            await ledger.SaveHeader(ledger.Header with { LastErasedNumber = last });
        await ledger.DeletePages();
        await ledger.SaveHeader(rules.CompleteErasure(ledger.Header, time.GetUtcNow()));
    }

    /// <summary>Cancels an erasure that is not in the stop list, because of a crash or an open incident.</summary>
    public async Task CancelIfUnconfirmed(CancellationToken cancellation)
    {
        if (ledger.Header.IsErasing && !await IsConfirmed(cancellation))
            await ledger.SaveHeader(ledger.Header with { IsErasing = false });
    }

    private async Task<bool> IsConfirmed(CancellationToken cancellation) =>
        (await stops.FindByPatient(own, cancellation)).Any(stop => stop.Kind is StopKind.Erasure);
}
