using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Simulation.Driver;

namespace Replays.Simulation.Invariants;

/// <summary>What a consultation's record may become from what it was.</summary>
internal sealed class ConsultationInvariants(World world, AuditInvariants audit)
{
    private static readonly ConsultationMode[] RecordedModes = [ConsultationMode.Audio, ConsultationMode.Video];

    public void Check(ConsultationId id, ConsultationState? before, ConsultationState? after)
    {
        if (after is null)
        {
            world.Require(world.Durable.IsErasing(id.Patient), "Nothing_acknowledged_is_lost", $"{id} is gone");
            world.Expected.ErasureBegun.Add(id.Patient);
            return;
        }
        var added = audit.CheckOutbox(id.Patient, before?.Outbox ?? [], after.Outbox);
        CheckStatus(id, before, after, added);
        CheckConsent(id, before, after, added);
        world.Require(after.Owner == id.Name, "Every_record_carries_its_owner", $"{id} carries {after.Owner}");
        world.Require(before is null || after.Recordings.Length >= before.Recordings.Length,
            "Nothing_acknowledged_is_lost", $"a recording of {id}");
        world.Require(after.Recordings.Count(one => one.Status is RecordingStatus.Open) <= 1, "One_recording_is_open_at_a_time", $"{id}");
        foreach (var recording in after.Recordings)
        {
            var name = id.Recording(recording.Ordinal);
            if (before?.Recording(recording.Ordinal) is not { } old)
                CheckOpened(name, after, recording, added);
            else if (old != recording)
                CheckChanged(name, old, after, recording);
            CheckOpen(name, after, recording);
        }
        CheckPendingWithdrawals(id, before, after);
    }

    private void CheckStatus(ConsultationId id, ConsultationState? before, ConsultationState after, List<AuditEntry> added)
    {
        var old = before?.Status ?? ConsultationStatus.Booked;
        world.Require(after.Status >= old, "Status_never_goes_back", $"{id} from {old} to {after.Status}");
        world.Require(before?.JoinedAt is null || after.JoinedAt == before.JoinedAt, "Nothing_acknowledged_is_lost", $"the join of {id}");
        world.Require(before is null || after.Modes.Length >= before.Modes.Length, "Nothing_acknowledged_is_lost", $"a mode of {id}");
        world.Require(before?.WrongPatient is not true || after.WrongPatient, "Nothing_acknowledged_is_lost", $"the wrong patient of {id}");
        if (after.Status != old)
        {
            audit.RequireEntry(added, after.Status switch
            {
                ConsultationStatus.InProgress => "consultation.started",
                ConsultationStatus.Ended => "consultation.ended",
                ConsultationStatus.Settled => "consultation.settled",
                _ => "consultation.cancelled",
            }, id.Name);
        }
        else if (before is not null && after.Modes.Length > before.Modes.Length)
            audit.RequireEntry(added, "consultation.mode-switched", id.Name);
        if (before?.JoinedAt is null && after.JoinedAt is not null)
        {
            world.Require(after.Status is ConsultationStatus.InProgress && world.Expected.JoinRequested.Contains(id),
                "Presence_is_the_patients_own_act", $"{id}");
        }
        if (old is ConsultationStatus.InProgress && after.Status is ConsultationStatus.Ended
            && added.Any(entry => entry.By == Actor.System))
            world.Require(world.Now - after.Modes[^1].Since >= new ReplaysOptions().Recordings.MaxCallDuration,
                "Only_abandoned_calls_end_by_themselves", $"{id}");
        if (after.Status is ConsultationStatus.Settled && old is not ConsultationStatus.Settled)
        {
            world.Require(world.Durable.Entry(id)?.Status is ConsultationStatus.Settled || world.Durable.IsErasing(id.Patient),
                "The_ledger_settles_first", $"{id}");
            world.Require(world.Now - after.EndedAt >= new ReplaysOptions().Recordings.UploadDeadline,
                "Nothing_settles_before_the_upload_deadline", $"{id}");
        }
    }

    private void CheckConsent(ConsultationId id, ConsultationState? before, ConsultationState after, List<AuditEntry> added)
    {
        foreach (var mode in RecordedModes)
        {
            if (before?.ConsentFor(mode) == after.ConsentFor(mode))
                continue;
            world.Require(!after.HasConsent(mode) || after.Status is ConsultationStatus.Booked or ConsultationStatus.InProgress,
                "Consent_is_given_before_the_end", $"{id} in mode {mode}");
            world.Require(after.ConsentFor(mode) is { } consent && consent.Attested == (consent.By == "dr-osei"),
                "Attested_consent_is_marked", $"{id}");
            audit.RequireEntry(added, after.HasConsent(mode) ? "consent.granted" : "consent.withdrawn", id.Name);
        }
    }

    private void CheckOpened(RecordingId name, ConsultationState state, RecordingState recording, List<AuditEntry> added)
    {
        world.Require(state.Status is ConsultationStatus.InProgress, "Nothing_recorded_outside_the_call", $"{name}");
        world.Require(recording.WrappedKey.Length > 0, "A_recording_has_a_key", $"{name}");
        world.Require(state.Mode == recording.Mode, "A_recording_is_in_the_present_mode", $"{name}");
        world.Require(state.HasConsent(recording.Mode), "Nothing_recorded_without_consent", $"{name} in mode {recording.Mode}");
        world.Require(state.JoinedAt is not null, "Nothing_recorded_without_presence", $"{name}");
        world.Require(recording.Mode is not ConsultationMode.Audio || !recording.ContentType.StartsWith("video/", StringComparison.Ordinal),
            "Audio_holds_no_video", $"{name}");
        world.Require(recording.IdempotencyKey is not { } key || state.Recordings.Count(one => one.IdempotencyKey?.Key == key.Key
            && recording.StartedAt - one.StartedAt < IdempotencyKey.Lifetime) == 1, "An_idempotency_key_opens_once", $"{name}");
        world.Require(world.Cluster.Reminders.All.Any(reminder => reminder.Grain.Key.ToString() == name.Consultation.Name),
            "A_recording_has_a_reminder", $"{name}");
        audit.RequireEntry(added, "recording.opened", name.Name);
    }

    private void CheckOpen(RecordingId name, ConsultationState state, RecordingState recording)
    {
        if (recording.Status is RecordingStatus.Open)
        {
            world.Require(state.Mode == recording.Mode, "A_switch_closes_the_recording", $"{name}");
            world.Require(state.Status is ConsultationStatus.InProgress, "The_end_closes_the_recording", $"{name}");
            world.Require(state.HasConsent(recording.Mode), "Withdrawn_consent_stops_the_recording", $"{name}");
        }
        world.Require(
            state.Status is not ConsultationStatus.Settled || recording.Status is RecordingStatus.Available or RecordingStatus.Discarded,
            "Settling_leaves_nothing_unsealed", $"{name} is {recording.Status}");
    }

    private void CheckChanged(RecordingId name, RecordingState before, ConsultationState state, RecordingState after)
    {
        world.Require(before.Mode == after.Mode && before.ObjectKey == after.ObjectKey, "A_recording_never_changes_its_mode", $"{name}");
        world.Require(
            before.Length == after.Length || before.Length is null && world.Expected.DeclaredLengths.Contains((name, after.Length ?? 0)),
            "A_lease_holder_declares_the_length_once", $"{name}");
        var replay = world.Durable.Replay(name);
        switch (after.Status)
        {
            case RecordingStatus.Discarded when before.Status is not RecordingStatus.Discarded:
                world.Require(before.Status is not RecordingStatus.Available, "Nothing_sealed_is_discarded", $"{name}");
                world.Require(replay is null || world.Durable.IsErasing(name.Patient),
                    "Nothing_sealed_is_discarded", $"{name} is in the patient's list");
                world.Require(IsDiscardJustified(name, state, after), "Discarded_only_with_a_reason", $"{name} in mode {after.Mode}");
                break;
            case RecordingStatus.Available when before.Status is not RecordingStatus.Available:
                world.Require(replay is not null, "Available_only_when_delivered", $"{name}");
                world.Require(replay?.Sha256 == after.Media?.Sha256, "Available_only_when_delivered", $"{name} with another digest");
                world.Require(before.Status is not RecordingStatus.Discarded, "Nothing_discarded_is_delivered", $"{name}");
                break;
            case RecordingStatus.Open or RecordingStatus.Closed:
                world.Require(after.Status >= before.Status, "Status_never_goes_back", $"{name} from {before.Status} to {after.Status}");
                break;
        }
        if (before.Media is null && after.Media is { } media && after.Status is RecordingStatus.Closed)
            world.Require(world.Expected.AuthorizedDeliveries.Contains((name, media.Sha256)),
                "Nothing_delivered_without_the_seal_lease", $"{name}");
        if (before.WrappedKey.Length > 0 && after.WrappedKey.Length == 0)
            world.Require(replay is { WrappedKey: null } || after.Status is RecordingStatus.Discarded,
                "The_ledger_destroys_a_key_first", $"{name}");
    }

    private bool IsDiscardJustified(RecordingId name, ConsultationState state, RecordingState recording) =>
        !state.HasConsent(recording.Mode) || state.WrongPatient || state.Status is ConsultationStatus.Settled
        || world.Expected.DiscardRequested.Contains(name);

    private void CheckPendingWithdrawals(ConsultationId id, ConsultationState? before, ConsultationState after)
    {
        if (world.Durable.IsErasing(id.Patient))
            return;
        foreach (var done in before?.PendingWithdrawals.Where(one => !after.PendingWithdrawals.Contains(one)) ?? [])
        {
            foreach (var replay in world.Durable.Entry(id)?.Replays ?? [])
            {
                if (done.Mode is null || replay.Mode == done.Mode)
                {
                    world.Require(replay.Withdrawal is not null && world.Durable.IsStopped(replay.Name),
                        "A_withdrawal_is_finished_before_it_is_forgotten", $"{replay.Name}");
                }
            }
        }
    }
}
