using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Simulation.Driver;

namespace Replays.Simulation.Invariants;

/// <summary>What a patient's ledger may become from what it was.</summary>
internal sealed class LedgerInvariants(World world, AuditInvariants audit)
{
    public void CheckHeader(PatientId patient, LedgerHeader? before, LedgerHeader? after)
    {
        if (after is null)
        {
            world.Require(false, "The_ledger_header_is_never_lost", $"{patient}");
            return;
        }
        if (after.ErasedAt != before?.ErasedAt)
        {
            world.Expected.ErasureBegun.Add(patient);
            audit.CheckErased(patient);
        }
        var added = audit.CheckOutbox(patient, before?.Outbox ?? [], after.Outbox);
        if (before?.LegalHold != after.LegalHold && !(before?.IsErasing ?? false))
            audit.RequireEntry(added, after.LegalHold is null ? "hold.lifted" : "hold.set", patient.Name);
        world.Require(after.LastPage >= (before?.LastPage ?? 0), "Numbers_are_never_given_twice", $"last page of {patient}");
        world.Require(after.LastErasedNumber >= (before?.LastErasedNumber ?? 0),
            "Numbers_are_never_given_twice", $"last number of {patient}");
        if (after.IsErasing)
            world.Require(world.Expected.ErasureRequested.Contains(patient), "Erasure_only_on_request", $"{patient}");
    }

    public void CheckPage(PatientId patient, LedgerPage? before, LedgerPage? after)
    {
        if (after is null)
        {
            world.Require(world.Durable.IsErasing(patient), "Nothing_acknowledged_is_lost", $"a ledger page of {patient} is gone");
            world.Expected.ErasureBegun.Add(patient);
            world.Expected.Booked.RemoveWhere(one => one.Patient == patient);
            foreach (var key in world.Expected.BookedKeys.Keys.Where(key => key.Item1 == patient).ToList())
                world.Expected.BookedKeys.Remove(key);
            return;
        }
        var added = audit.CheckOutbox(patient, before?.Outbox ?? [], after.Outbox);
        foreach (var entry in before?.Entries ?? [])
            world.Require(after.Entries.Any(one => one.Name == entry.Name),
                "Nothing_acknowledged_is_lost", $"{entry.Name} left the ledger");
        world.Require(after.Entries.DistinctBy(entry => entry.Name).Count() == after.Entries.Length,
            "Nothing_is_booked_twice", $"{after.Owner}");
        foreach (var entry in after.Entries)
        {
            world.Require(entry.Name.Patient == patient, "Nothing_in_another_patients_list", $"{entry.Name} is in the ledger of {patient}");
            var old = before?.Entries.FirstOrDefault(one => one.Name == entry.Name);
            if (old is null)
            {
                audit.RequireEntry(added, "consultation.booked", entry.Name.Name);
                world.Require(world.Expected.EverBooked.Add(entry.Name), "Numbers_are_never_given_twice", $"{entry.Name}");
            }
            else
                world.Require(Rank(entry.Status) >= Rank(old.Status),
                    "Status_never_goes_back", $"{entry.Name} from {old.Status} to {entry.Status}");
            CheckReplays(patient, old, entry, added);
        }
    }

    private void CheckReplays(PatientId patient, LedgerEntry? before, LedgerEntry after, List<Grains.AuditTrail.AuditEntry> added)
    {
        world.Require(after.Replays.DistinctBy(replay => replay.Name).Count() == after.Replays.Length,
            "Nothing_is_delivered_twice", $"{after.Name}");
        foreach (var replay in before?.Replays ?? [])
            world.Require(after.Replays.Any(one => one.Name == replay.Name),
                "Nothing_acknowledged_is_lost", $"{replay.Name} left the list");
        foreach (var replay in after.Replays)
        {
            world.Require(replay.Name.Patient == patient, "Nothing_in_another_patients_list", $"{replay.Name} is in the list of {patient}");
            world.Require(replay.Name.Consultation == after.Name,
                "Nothing_in_another_patients_list", $"{replay.Name} is an entry of {after.Name}");
            if (before?.Replays.FirstOrDefault(one => one.Name == replay.Name) is not { } old)
                CheckDelivery(before, replay, added);
            else if (!ReferenceEquals(old, replay))
                CheckChange(old, replay);
        }
    }

    private void CheckDelivery(LedgerEntry? entry, Replay replay, List<Grains.AuditTrail.AuditEntry> added)
    {
        var consultation = world.Durable.Consultation(replay.Name.Consultation);
        var recording = world.Durable.Recording(replay.Name);
        world.Require(consultation?.HasConsent(replay.Mode) is true,
            "Nothing_delivered_without_consent", $"{replay.Name} in mode {replay.Mode}");
        world.Require(consultation?.JoinedAt is not null, "Nothing_delivered_without_presence", $"{replay.Name}");
        world.Require(
            recording?.Mode == replay.Mode && recording.ObjectKey == replay.ObjectKey && recording.WrappedKey == replay.WrappedKey,
            "A_recording_is_delivered_as_what_it_is", $"{replay.Name} in mode {replay.Mode}, recorded in {recording?.Mode}");
        world.Require(world.Expected.AuthorizedDeliveries.Contains((replay.Name, replay.Sha256)),
            "Nothing_delivered_without_the_seal_lease", $"{replay.Name}");
        world.Require(
            entry?.Status is ConsultationStatus.InProgress or ConsultationStatus.Ended
            && consultation?.Status is not ConsultationStatus.Settled,
            "Nothing_delivered_after_settling", $"{replay.Name}, ledger {entry?.Status}, consultation {consultation?.Status}");
        world.Require(world.Cluster.IsDeliveringLate || !world.IsUploadDeadlinePassed(replay.Name.Consultation),
            "Nothing_delivered_after_the_upload_deadline", $"{replay.Name}");
        world.Require(recording?.Status is not RecordingStatus.Discarded, "Nothing_discarded_is_delivered", $"{replay.Name}");
        audit.RequireEntry(added, "replay.delivered", replay.Name.Name);
    }

    private void CheckChange(Replay before, Replay after)
    {
        world.Require(before.Sha256 == after.Sha256 && before.ObjectKey == after.ObjectKey && before.Mode == after.Mode,
            "A_sealed_replay_never_changes", $"{after.Name}");
        world.Require(before.Withdrawal is null || after.Withdrawal == before.Withdrawal, "A_withdrawal_is_never_undone", $"{after.Name}");
        if (before.Withdrawal is null && after.Withdrawal is { } withdrawal)
        {
            world.Require(IsJustified(after, withdrawal.Reason), "Withdrawn_only_with_a_reason", $"{after.Name} for {withdrawal.Reason}");
            world.Require(world.Durable.IsStopped(after.Name), "Withdrawals_are_stopped_first", $"{after.Name}");
        }
        if (before.WrappedKey is not null && after.WrappedKey is null)
        {
            world.Require(!world.Durable.HasLegalHold(after.Name.Patient), "Nothing_on_hold_is_destroyed", $"the key of {after.Name}");
            world.Require(IncidentsOf(after).Any(incident => incident?.Resolution?.ApprovedBy is not null),
                "Keys_are_destroyed_only_after_approval", $"{after.Name}");
        }
    }

    /// <summary>Whether something that withdraws this replay was decided and stored.</summary>
    private bool IsJustified(Replay replay, string reason)
    {
        var consultation = world.Durable.Consultation(replay.Name.Consultation);
        return reason switch
        {
            "consent-withdrawn" => consultation is null || !consultation.HasConsent(replay.Mode),
            "wrong-patient" => consultation is null or { WrongPatient: true },
            "incident" => IncidentsOf(replay).Any(incident => incident?.Resolution?.Outcome is IncidentOutcome.Withdrawn),
            _ => false,
        };
    }

    private IEnumerable<IncidentState?> IncidentsOf(Replay replay) => world.Tables.IncidentRecordings
        .Where(row => row.Recording == replay.Name.Name).Select(row => world.Durable.Incident(row.Incident));

    private static int Rank(ConsultationStatus status) => status is ConsultationStatus.Cancelled ? 9 : (int)status;
}
