using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Simulation.Driver;

namespace Replays.Simulation.Invariants;

/// <summary>What holds when nothing is pending any more.</summary>
internal sealed class QuietInvariants(World world)
{
    public void Check()
    {
        foreach (var patient in World.Patients)
        {
            foreach (var entry in world.Durable.Entries(patient))
                CheckConsultation(entry);
            CheckList(patient);
            world.Require(world.TryCall(() => world.Grains.VerifyTrail(patient), out var verified) && verified.IsIntact,
                "Trails_verify", $"{patient}");
        }
        CheckAuditEntries();
        CheckIncidents();
        world.Require(world.Tables.AuditOutbox.Count == 0, "Outboxes_drain", $"{world.Tables.AuditOutbox.Count} entries");
    }

    private void CheckConsultation(LedgerEntry entry)
    {
        if (world.Durable.Consultation(entry.Name) is not { } state)
            return;
        world.Require(entry.Status == state.Status, "The_ledger_knows_the_status", $"{entry.Name}: {entry.Status}, {state.Status}");
        world.Require(state.PendingWithdrawals.IsEmpty, "No_withdrawal_stays_pending", $"{entry.Name}");
        if (!state.Recordings.IsEmpty)
            world.Require(state.Status is ConsultationStatus.Settled, "What_was_recorded_settles", $"{entry.Name} is {state.Status}");
        if (state.Status is ConsultationStatus.Settled)
            world.Require(world.Cluster.Reminders.All.All(one => one.Grain.Key.ToString() != entry.Name.Name),
                "No_reminder_outlives_settling", $"{entry.Name}");
        foreach (var recording in state.Recordings)
        {
            var replay = entry.Replays.FirstOrDefault(one => one.Name.Ordinal == recording.Ordinal);
            world.Require(recording.Status is RecordingStatus.Available == replay is not null, "The_ledger_and_the_consultation_agree",
                $"{entry.Name.Recording(recording.Ordinal)} is {recording.Status}");
            if (recording.Status is RecordingStatus.Discarded)
                world.Require(world.Media.Deleted.Contains(recording.ObjectKey),
                    "Discarded_media_are_deleted", $"{entry.Name.Recording(recording.Ordinal)}");
            if (state.WrongPatient && replay is not null)
                world.Require(replay.Withdrawal is not null, "The_wrong_patients_replays_are_withdrawn", $"{replay.Name}");
            if (replay is { Withdrawal: null } && state.ConsentFor(replay.Mode) is { Granted: false, At: var at })
                world.Require(at < state.EndedAt, "Consent_withdrawn_after_the_end_withdraws_the_replay", $"{replay.Name}");
        }
    }

    /// <summary>The list shows all that is in the ledger and was not withdrawn, and nothing else.</summary>
    private void CheckList(PatientId patient)
    {
        if (!world.TryCall(() => world.Grains.Patient(patient).ListReplays(new() { Limit = 100 }), out var page))
            return;
        var expected = world.Durable.Entries(patient).SelectMany(entry => entry.Replays)
            .Where(replay => replay.Withdrawal is null).Select(replay => replay.Name);
        world.Require(page.Items.Select(listed => listed.Replay.Name).ToHashSet().SetEquals(expected),
            "The_list_is_the_ledger", $"{patient}");
    }

    private void CheckAuditEntries()
    {
        foreach (var (id, (patient, entry)) in world.Expected.AuditEntries)
        {
            if (!world.Expected.ErasureBegun.Contains(patient))
                world.Require(world.Trails.Contains(patient.Name, id), "No_audit_entry_is_missing", $"{entry.Kind} of {entry.Subject}");
        }
    }

    private void CheckIncidents()
    {
        foreach (var (id, row) in world.Tables.Incidents)
        {
            var recordings = world.Tables.RecordingsOf(id).Select(name => RecordingId.Parse(name)).ToList();
            if (recordings.Any(recording => world.Durable.HasLegalHold(recording.Patient)))
                continue;
            var state = world.Durable.Incident(id);
            world.Require(row.IsProcessed && state is not null && state.ProcessedSteps == state.Steps.Length,
                "Incidents_are_processed", $"{id}");
            world.Require(row.IsOpen == state?.Resolution is null, "The_incident_log_knows_what_is_open", $"{id}");
            if (state?.Resolution is { Outcome: IncidentOutcome.Withdrawn } resolution)
            {
                foreach (var replay in recordings.Select(world.Durable.Replay).OfType<Replay>())
                {
                    world.Require(replay.Withdrawal is not null, "An_incident_withdraws_its_replays", $"{replay.Name}");
                    world.Require(resolution.ApprovedBy is null || replay.WrappedKey is null,
                        "Approval_destroys_the_key", $"{replay.Name}");
                }
            }
            foreach (var patient in row.Report.Recordings.Select(recording => recording.Patient).Distinct())
            {
                if (!world.Expected.ErasureBegun.Contains(patient))
                    CheckTrail(patient, id, [.. state?.Steps.Where(step => step.Recordings is null).Select(step => step.Kind) ?? []]);
            }
        }
    }

    private void CheckTrail(PatientId patient, string incident, IReadOnlyList<string> kinds)
    {
        if (!world.TryCall(() => world.Grains.AuditTrail(patient).Read(200, null), out var slice))
            return;
        var found = slice.Items.Where(item => item.Entry?.Detail?.StartsWith($"incident {incident}", StringComparison.Ordinal) is true)
            .Select(item => item.Entry!.Kind).ToList();
        foreach (var kind in kinds)
            world.Require(found.Contains(kind), "No_audit_entry_is_missing", $"{kind} of incident {incident} for {patient}");
    }
}
