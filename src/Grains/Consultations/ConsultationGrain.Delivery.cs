using System.Diagnostics.Metrics;
using Replays.Grains.AuditTrail;
using Replays.Grains.Patients;

namespace Replays.Grains.Consultations;

/// <summary>Delivery, exactly once in effect, and the end of it: settling.</summary>
internal sealed partial class ConsultationGrain
{
    private const string Reminder = "settle";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), RetryPeriod = TimeSpan.FromSeconds(5);

    private static readonly Counter<long> Deliveries =
        Telemetry.Meter.CreateCounter<long>("replays.deliveries", "{delivery}", "Deliveries to participants, by result.");

    private static readonly Counter<long> Retries =
        Telemetry.Meter.CreateCounter<long>("replays.delivery.retries", "{delivery}", "Deliveries that the consultation tried again by itself.");

    // From zero: an increase is seen only of what was there before.
    static ConsultationGrain()
    {
        foreach (var result in Enum.GetNames<DeliveryResult>())
            Deliveries.Add(0, new KeyValuePair<string, object?>("result", result));
        Retries.Add(0);
    }

    private readonly HashSet<Guid> _told = [];
    private IGrainTimer? _work;

    public async Task<Result<Recording>> Deliver(int ordinal, Guid grant, VerifiedMedia found, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return ErrorCode.NotFound;
        if (recording.Status is RecordingStatus.Available)
            return recording.Sealed?.Sha256 == found.Sha256 ? Snapshot(recording) : ErrorCode.DigestMismatch;
        if (WhyNotDeliver(state, recording) is var refusal and not ErrorCode.None)
            return refusal;
        if (!Holds(ordinal, grant, out var seals) || !seals)
            return ErrorCode.UploadInProgress;

        await NoteStatus(state);
        var verified = recording with { Status = RecordingStatus.Closed, Sealed = found };
        try
        {
            return await Deliver(state, verified, by, cancellation);
        }
        catch (Exception) when (!recording.AwaitsDelivery)
        {
            // What became of it is unknown. It is verified: this consultation finishes it by itself, whether or not anybody asks again.
            await Save(state.WithRecording(verified));
            throw;
        }
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (await Load() is not { } state)
            return;
        if (state.Status is ConsultationStatus.InProgress && time.GetUtcNow() - state.Modes[^1].Since >= _options.Recordings.MaxCallDuration)
            await End(wrongPatient: false, Actor.System, CancellationToken.None);
        await Work();
    }

    private ErrorCode WhyNotDeliver(ConsultationState state, RecordingState recording)
    {
        if (!state.HasConsent(recording.Mode))
            return ErrorCode.ConsentRequired;
        if (!recording.IsUnsealed || IsDue(state) || state.Status is not (ConsultationStatus.InProgress or ConsultationStatus.Ended))
            return ErrorCode.InvalidTransition;
        return presenceLock.Allows(state) ? ErrorCode.None : ErrorCode.PresenceRequired;
    }

    private async Task<Result<Recording>> Deliver(
        ConsultationState state, RecordingState verified, Actor by, CancellationToken cancellation)
    {
        var replay = new Replay
        {
            Name = Own.Recording(verified.Ordinal),
            Mode = verified.Mode,
            RecordedAt = verified.StartedAt,
            DurationSeconds = verified.Sealed!.DurationSeconds,
            SizeBytes = verified.Sealed.SizeBytes,
            ContentType = verified.ContentType,
            Sha256 = verified.Sealed.Sha256,
            ObjectKey = verified.ObjectKey,
            WrappedKey = verified.WrappedKey,
        };
        var result = await Participant.AcceptReplay(new Delivery(replay, by), cancellation);
        Deliveries.Add(1, new KeyValuePair<string, object?>("result", result.ToString()));
        switch (result)
        {
            case DeliveryResult.Accepted or DeliveryResult.AlreadyDelivered:
                // The patient's page write is the seal. This record takes note with its next change; until then the list is asked.
                var available = verified with { Status = RecordingStatus.Available };
                stored.State = state.WithRecording(available);
                return Snapshot(available);
            case DeliveryResult.Conflict:
                _reconciled = false;
                return ErrorCode.DigestMismatch;
            default:
                return ErrorCode.RejectedBySafeguard;
        }
    }

    /// <summary>Takes note of what the participant's list has already: a delivery may have happened and its answer been lost.</summary>
    private async Task<ConsultationState> Reconcile(ConsultationState state)
    {
        if (!state.Recordings.Any(r => r.IsUnsealed) || await Participant.ReadEntry(new LedgerQuery(Own)) is not { } entry)
            return state;
        foreach (var replay in entry.Replays)
        {
            if (state.Recording(replay.Name.Ordinal) is { IsUnsealed: true } recording)
            {
                state = state.WithRecording(recording with
                {
                    Status = RecordingStatus.Available,
                    Sealed = new VerifiedMedia { DurationSeconds = replay.DurationSeconds, Sha256 = replay.Sha256, SizeBytes = replay.SizeBytes },
                });
            }
        }
        _reconciled = true;
        return stored.State = state;
    }

    private async Task<ConsultationState> TakeBack(ConsultationState state)
    {
        foreach (var pending in state.PendingWithdrawals)
        {
            // Stopped first, wherever it plays; then out of the list for good.
            await Stop(pending, [.. state.Recordings
                .Where(r => r.Status is RecordingStatus.Available && (pending.Mode is null || r.Mode == pending.Mode))
                .Select(r => Own.Recording(r.Ordinal))]);
            await Participant.WithdrawReplays(new WithdrawReplays(Own, pending.Mode, pending.Reason, pending.By));
        }
        return state.PendingWithdrawals.IsEmpty ? state : await Save(state with { PendingWithdrawals = [] });
    }

    private bool IsDue(ConsultationState state) =>
        state is { Status: ConsultationStatus.Ended, EndedAt: { } ended } && time.GetUtcNow() - ended >= _options.Recordings.UploadDeadline;

    private Task Arm() => this.RegisterOrUpdateReminder(Reminder, Hour, Hour);

    /// <summary>Before they are noted: a consultation that has settled has no reminder any more.</summary>
    private Task ArmTakeBacks(ConsultationState state) => state.PendingWithdrawals.IsEmpty || state.Recordings.IsEmpty ? Task.CompletedTask : Arm();

    private async Task Disarm()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    private void WorkSoon() =>
        _work ??= this.RegisterGrainTimer(WorkOnTimer, new() { DueTime = TimeSpan.Zero, Period = RetryPeriod, KeepAlive = true });

    private async Task WorkOnTimer()
    {
        await Work();
        _work?.Dispose();
        _work = null;
    }

    /// <summary>Everything that is still owed. Whatever of it fails is tried again, by the timer and by the reminder.</summary>
    private async Task Work()
    {
        if (_unsure || _misfiled)
        {
            DeactivateOnIdle();
            return;
        }
        if (!stored.RecordExists)
            return;
        var state = await Reconcile(stored.State);
        await NoteStatus(state);
        foreach (var verified in state.Recordings.Where(r => r.AwaitsDelivery && WhyNotDeliver(state, r) is ErrorCode.None).ToList())
        {
            Retries.Add(1);
            await Deliver(state, verified, Actor.System, CancellationToken.None);
            state = stored.State;
        }
        state = await TakeBack(state);
        await TellTrail(state);
        if (IsDue(state))
            state = await Settle(state);
        if (state.Status is ConsultationStatus.Settled && !state.Recordings.IsEmpty)
            await Disarm();
    }

    /// <summary>The upload deadline is over: what is not sealed is given up, and its bytes go.</summary>
    private async Task<ConsultationState> Settle(ConsultationState state)
    {
        // The participant first: they take nothing of this consultation from here on, and what they have by now is not given up.
        await NoteStatus(state with { Status = ConsultationStatus.Settled });
        state = (await Reconcile(state)).DiscardUnsealed();
        foreach (var discarded in state.Recordings.Where(r => r.Status is RecordingStatus.Discarded))
            await media.Delete(discarded.ObjectKey, CancellationToken.None);
        state = await Save(state with { Status = ConsultationStatus.Settled }, Tell("consultation.settled", Actor.System));
        await TellTrail(state);
        return state;
    }

    private async Task TellTrail(ConsultationState state)
    {
        var untold = state.Outbox.RemoveAll(e => _told.Contains(e.Id));
        if (untold.IsEmpty)
            return;
        await GrainFactory.GetGrain<IAuditTrailGrain>(Own.Patient.Name).Append(untold);
        _told.UnionWith(untold.Select(e => e.Id));
    }
}
