using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Replays.Grains.Storage;

namespace Replays.Grains.Consultations;

[GrainType(TypeName)]
internal sealed partial class ConsultationGrain(
    [PersistentState(ConsultationState.StateName, ReplaysStorage.Name)] IPersistentState<ConsultationState> stored,
    PresenceSafeguard presenceLock,
    RecordSafeguard recordLock,
    IMediaObjects media,
    IStopList stops,
    IOptions<ReplaysOptions> options,
    TimeProvider time) : Grain, IConsultationGrain, IRemindable, IIncomingGrainCallFilter
{
    public const string TypeName = "consultation";

    private const int MaxModes = 256;

    private readonly ReplaysOptions _options = options.Value;
    private ConsultationStatus? _noted;
    private bool _reconciled, _unsure, _misfiled;

    private ConsultationId Own { get; set; }

    /// <summary>The participant: part of this grain's own name, and nothing else.</summary>
    private IPatientGrain Participant => GrainFactory.Patient(Own.Patient);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Own = ConsultationId.TryParseName(this.GetPrimaryKeyString(), out var own) ? own : throw new ArgumentException("Not a consultation's name.");
        CheckRecord();
        if (stored.RecordExists && (stored.State.Status is not ConsultationStatus.Settled || !stored.State.PendingWithdrawals.IsEmpty))
            WorkSoon();
        return Task.CompletedTask;
    }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        // A misfiled record answers nobody, and cheaply: no retry of a hot caller reads it again before the activation goes.
        if (_unsure && !_misfiled)
        {
            await stored.ReadStateAsync();
            CheckRecord();
            (_unsure, _reconciled) = (false, false);
        }
        if (_misfiled)
            throw new OwnershipMismatchException();
        await context.Invoke();
    }

    public async Task<Consultation?> Get(CancellationToken cancellation) => await Load() is { } state ? Snapshot(state) : null;

    public async Task<Result<Consultation>> Start(ConsultationMode mode, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        switch (state.Status)
        {
            case ConsultationStatus.Booked:
                state = await Save(
                    state with { Status = ConsultationStatus.InProgress, Modes = [new ModeChange(mode, time.GetUtcNow())] },
                    Tell("consultation.started", by, Spelled(mode)));
                break;
            case ConsultationStatus.InProgress when state.Modes[0].Mode == mode:
                break;
            default:
                return ErrorCode.InvalidTransition;
        }
        await NoteStatus(state);
        return Snapshot(state);
    }

    public async Task<Result<Consultation>> SwitchMode(ConsultationMode mode, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        if (state.Status is not ConsultationStatus.InProgress)
            return ErrorCode.InvalidTransition;
        if (state.Mode == mode)
            return Snapshot(state);
        if (state.Modes.Length > MaxModes)
            return ErrorCode.LimitReached;
        state = state.CloseOpenRecording();
        return Snapshot(await Save(
            state with { Modes = state.Modes.Add(new ModeChange(mode, time.GetUtcNow())) }, Tell("consultation.mode-switched", by, Spelled(mode))));
    }

    public async Task<Result<Consultation>> SetConsent(ConsultationMode mode, bool granted, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        return granted ? await Grant(state, mode, by, by.Subject, attested: false) : await Withdraw(state, mode, by, by.Subject, attested: false);
    }

    public async Task<Result<Consultation>> AttestConsent(
        ConsultationMode mode, bool granted, string attestedBy, Actor by, CancellationToken cancellation)
    {
        if (!_options.Consent.AllowAttested)
            return ErrorCode.AttestedConsentOff;
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        return granted ? await Grant(state, mode, by, attestedBy, attested: true) : await Withdraw(state, mode, by, attestedBy, attested: true);
    }

    public async Task<Result<string>> Join(Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        if (state.Status is not ConsultationStatus.InProgress)
            return ErrorCode.InvalidTransition;
        var secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var digests = state.PresenceDigests.Add(PresenceSafeguard.Digest(secret));
        await Save(
            Joined(state) with { PresenceDigests = [.. digests.TakeLast(PresenceSafeguard.MaxDevices)] },
            state.JoinedAt is null ? [Tell("patient.joined", by)] : []);
        return secret;
    }

    public async Task<Result<Consultation>> End(bool wrongPatient, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        if (state.Status is ConsultationStatus.Booked or ConsultationStatus.Cancelled)
            return ErrorCode.InvalidTransition;
        if (wrongPatient && !state.WrongPatient)
        {
            state = (await Reconcile(state)).DiscardUnsealed() with
            {
                WrongPatient = true,
                PendingWithdrawals = state.PendingWithdrawals.Add(new PendingWithdrawal(null, WrongPatient, by)),
            };
        }
        if (state.Status is ConsultationStatus.InProgress)
            state = state.CloseOpenRecording() with { Status = ConsultationStatus.Ended, EndedAt = time.GetUtcNow() };
        await ArmTakeBacks(state);
        if (state != stored.State)
            state = await Save(state, Tell("consultation.ended", by, wrongPatient ? WrongPatient : null));
        await NoteStatus(state);
        return Snapshot(await TakeBack(state));
    }

    public async Task<Result<Consultation>> Cancel(Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        if (state.Status is not (ConsultationStatus.Booked or ConsultationStatus.Cancelled))
            return ErrorCode.InvalidTransition;
        if (state.Status is ConsultationStatus.Booked)
            state = await Save(state with { Status = ConsultationStatus.Cancelled }, Tell("consultation.cancelled", by));
        await NoteStatus(state);
        return Snapshot(state);
    }

    private async Task<Result<Consultation>> Grant(ConsultationState state, ConsultationMode mode, Actor by, string consenter, bool attested)
    {
        if (state.Status is not (ConsultationStatus.Booked or ConsultationStatus.InProgress))
            return ErrorCode.InvalidTransition;
        var joins = !attested && state.Status is ConsultationStatus.InProgress && state.JoinedAt is null;
        var next = joins ? Joined(state) : state;
        if (!state.HasConsent(mode))
            next = next.WithConsent(mode, new Consent { Granted = true, At = time.GetUtcNow(), By = consenter, Attested = attested });
        return Snapshot(next == state ? state : await Save(next, Tell("consent.granted", by, Spelled(mode))));
    }

    private async Task<Result<Consultation>> Withdraw(ConsultationState state, ConsultationMode mode, Actor by, string consenter, bool attested)
    {
        if (state.Status is ConsultationStatus.Cancelled)
            return ErrorCode.InvalidTransition;
        var over = state.Status is ConsultationStatus.Ended or ConsultationStatus.Settled;
        if (state.ConsentFor(mode) is not { Granted: false } || over)
        {
            var consent = new Consent { Granted = false, At = time.GetUtcNow(), By = consenter, Attested = attested };
            // Before any discard the patient's list is asked: what is sealed there is not thrown away here.
            state = (await Reconcile(state)).WithConsent(mode, consent).DiscardUnsealed(mode);
            if (over)
                state = state with { PendingWithdrawals = state.PendingWithdrawals.Add(new PendingWithdrawal(mode, "consent-withdrawn", by)) };
            await ArmTakeBacks(state);
            state = await Save(state, Tell("consent.withdrawn", by, Spelled(mode)));
        }
        return Snapshot(await TakeBack(state));
    }

    private ConsultationState Joined(ConsultationState state) => state with { JoinedAt = state.JoinedAt ?? time.GetUtcNow() };

    /// <summary>The record as it stands; before the first change of its own, what was booked for it. Null: nothing was.</summary>
    private async Task<ConsultationState?> Load()
    {
        if (stored.RecordExists)
        {
            if (IsDue(stored.State))
                WorkSoon();
            return !_reconciled && stored.State.Recordings.Any(r => r.IsUnsealed) ? await Reconcile(stored.State) : stored.State;
        }
        if (stored.State.Booking is not null)
            return stored.State;
        if (await Participant.ReadEntry(new LedgerQuery(Own)) is not { } entry)
        {
            DeactivateOnIdle();
            return null;
        }
        _noted = entry.Status;
        return stored.State = new ConsultationState { Owner = Own.Name, Booking = entry.Booking };
    }

    private async Task<ConsultationState> Save(ConsultationState next, params AuditEntry[] tell)
    {
        stored.State = next with { Outbox = [.. next.Outbox.Where(e => !_told.Contains(e.Id)), .. tell] };
        // Until the write is known to have happened memory is not trusted: the next call reads again, for what failed may have committed.
        _unsure = true;
        await stored.WriteStateAsync();
        _unsure = false;
        _told.ExceptWith(next.Outbox.Select(e => e.Id));
        WorkSoon();
        return stored.State;
    }

    /// <summary>Sees that the ledger knows the status. The direction is always consultation to patient: the other one deadlocks.</summary>
    private async Task NoteStatus(ConsultationState state)
    {
        if (_noted != state.Status && await Participant.ReportStatus(new StatusReport(Own, state.Status)))
            _noted = state.Status;
    }

    private void CheckRecord()
    {
        if (!stored.RecordExists || recordLock.Allows(Own.Name, stored.State.Owner))
            return;
        (_misfiled, stored.State) = (true, new ConsultationState());
        this.RegisterGrainTimer(DeactivateLater, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
    }

    private Task DeactivateLater()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private AuditEntry Tell(string kind, Actor by, string? detail = null, string? subject = null) =>
        new() { Id = Guid.NewGuid(), At = time.GetUtcNow(), Kind = kind, By = by, Subject = subject ?? Own.Name, Detail = detail };

    private static string Spelled(ConsultationMode mode) => mode.ToString().ToLowerInvariant();

    private Consultation Snapshot(ConsultationState state) => new()
    {
        Name = Own,
        Booking = state.Booking!,
        Status = state.Status,
        Mode = state.Mode,
        Audio = state.Audio,
        Video = state.Video,
        Modes = state.Modes,
        Recordings = [.. state.Recordings.Select(Snapshot)],
    };

    private Recording Snapshot(RecordingState recording) => new()
    {
        Name = Own.Recording(recording.Ordinal),
        Mode = recording.Mode,
        Status = recording.Status,
        StartedAt = recording.StartedAt,
        ContentType = recording.ContentType,
        Length = recording.Length,
        UploadToken = recording.UploadToken,
        ObjectKey = recording.ObjectKey,
        Sha256 = recording.Status is RecordingStatus.Available ? recording.Sealed?.Sha256 : null,
        SizeBytes = recording.Status is RecordingStatus.Available ? recording.Sealed?.SizeBytes : null,
    };
}
