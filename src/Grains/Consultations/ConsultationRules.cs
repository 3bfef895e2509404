using Microsoft.Extensions.Options;
using Replays.Grains.AuditTrail;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;

namespace Replays.Grains.Consultations;

/// <summary>
/// The decisions about one consultation under a deployment's options: state and command in; next state, audit entries and effects out. No
/// clock, no I/O. Methods are virtual so that the simulation can plant a bug in each.
/// </summary>
internal partial class ConsultationRules(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
{
    public const string WrongPatient = "wrong-patient";

    private const int MaxModeSwitches = 256;

    protected ReplaysOptions Options { get; } = options.Value;

    public bool AllowsAttestedConsent => Options.Consent.AllowAttested;

    /// <summary>The state before the first change, from the patient's ledger.</summary>
    public virtual ConsultationState Create(LedgerEntry entry) => new() { Owner = entry.Name.Name, Booking = entry.Booking };

    public virtual Decision<ConsultationState> Start(ConsultationState state, ConsultationMode mode, Actor by, DateTimeOffset now) =>
        state.Status switch
        {
            ConsultationStatus.Booked => new(state with { Status = ConsultationStatus.InProgress, Modes = [new(mode, now)] })
            {
                Audit = [Fact(state, "consultation.started", by, Format(mode))],
                After = [new ReportStatus(ConsultationStatus.InProgress)],
            },
            ConsultationStatus.InProgress when state.Modes[0].Mode == mode => new(state) { After = [new ReportStatus(state.Status)] },
            _ => Reject(state, ErrorCode.InvalidTransition),
        };

    /// <summary>Closes the open recording, whose upload may finish. The patient cannot change: none is looked up or passed.</summary>
    public virtual Decision<ConsultationState> SwitchMode(ConsultationState state, ConsultationMode mode, Actor by, DateTimeOffset now)
    {
        if (state.Status is not ConsultationStatus.InProgress)
            return Reject(state, ErrorCode.InvalidTransition);
        if (state.Mode == mode)
            return new(state);
        if (state.Modes.Length > MaxModeSwitches)
            return Reject(state, ErrorCode.LimitReached);
        return new(state.CloseOpenRecording() with { Modes = state.Modes.Add(new(mode, now)) })
        {
            Audit = [Fact(state, "consultation.mode-switched", by, Format(mode))],
        };
    }

    /// <param name="state">The consultation.</param>
    /// <param name="presenceDigest">The digest of the device's presence secret.</param>
    /// <param name="by">The patient.</param>
    /// <param name="now">The time.</param>
    public virtual Decision<ConsultationState> Join(ConsultationState state, string presenceDigest, Actor by, DateTimeOffset now)
    {
        if (state.Status is not ConsultationStatus.InProgress)
            return Reject(state, ErrorCode.InvalidTransition);
        var digests = state.PresenceDigests.Add(presenceDigest);
        return new(state with { JoinedAt = state.JoinedAt ?? now, PresenceDigests = [.. digests.TakeLast(PresenceSafeguard.MaxDevices)] })
        {
            Audit = state.JoinedAt is null ? [Fact(state, "patient.joined", by)] : [],
        };
    }

    /// <summary>With <paramref name="wrongPatient"/>, everything recorded is discarded or withdrawn.</summary>
    public virtual Decision<ConsultationState> End(Reconciled reconciled, bool wrongPatient, Actor by, DateTimeOffset now)
    {
        var state = reconciled.State;
        if (state.Status is ConsultationStatus.Booked or ConsultationStatus.Cancelled)
            return Reject(state, ErrorCode.InvalidTransition);
        var next = state;
        if (wrongPatient && !state.WrongPatient)
        {
            next = next.DiscardUnsealed() with
            {
                WrongPatient = true,
                PendingWithdrawals = next.PendingWithdrawals.Add(new(null, WrongPatient, by)),
            };
        }
        if (state.Status is ConsultationStatus.InProgress)
            next = next.CloseOpenRecording() with { Status = ConsultationStatus.Ended, EndedAt = now };
        return new(next)
        {
            Audit = next == state ? [] : [Fact(state, "consultation.ended", by, wrongPatient ? WrongPatient : null)],
            Before = ReminderFor(next),
            After = [new ReportStatus(next.Status), .. Withdrawals(next)],
        };
    }

    /// <summary>Whether a call has been in one mode for longer than allowed.</summary>
    public virtual bool IsAbandoned(ConsultationState state, DateTimeOffset now) =>
        state.Status is ConsultationStatus.InProgress && now - state.Modes[^1].Since >= Options.Recordings.MaxCallDuration;

    public virtual Decision<ConsultationState> Cancel(ConsultationState state, Actor by) => state.Status switch
    {
        ConsultationStatus.Booked => new(state with { Status = ConsultationStatus.Cancelled })
        {
            Audit = [Fact(state, "consultation.cancelled", by)],
            After = [new ReportStatus(ConsultationStatus.Cancelled)],
        },
        ConsultationStatus.Cancelled => new(state) { After = [new ReportStatus(state.Status)] },
        _ => Reject(state, ErrorCode.InvalidTransition),
    };

    public virtual bool IsUploadDeadlinePassed(ConsultationState state, DateTimeOffset now) =>
        state is { Status: ConsultationStatus.Ended, EndedAt: { } ended } && now - ended >= Options.Recordings.UploadDeadline;

    /// <summary>
    /// The upload deadline has passed. The status is reported to the ledger first, so that it accepts no more deliveries; then the state is
    /// reconciled with it, and only what it does not hold is discarded.
    /// </summary>
    public virtual Decision<ConsultationState> BeginSettling(ConsultationState state) =>
        new(state) { Before = [new ReportStatus(ConsultationStatus.Settled)] };

    /// <summary>Discards unsealed recordings and deletes the media of all discarded ones.</summary>
    public virtual Decision<ConsultationState> Settle(Reconciled reconciled)
    {
        var next = reconciled.State.DiscardUnsealed() with { Status = ConsultationStatus.Settled };
        return new(next)
        {
            Audit = [Fact(next, "consultation.settled", Actor.System)],
            Before = [.. next.Recordings.Where(r => r.Status is RecordingStatus.Discarded).Select(r => new DeleteMedia(r.ObjectKey))],
            After = EndOfWork(next),
        };
    }

    /// <summary>Whether work remains that must happen without a caller.</summary>
    public virtual bool NeedsReminder(ConsultationState state) =>
        !state.PendingWithdrawals.IsEmpty
        || !state.Recordings.IsEmpty && state.Status is ConsultationStatus.InProgress or ConsultationStatus.Ended;

    public virtual bool HasWork(ConsultationState state) =>
        state.Status is not ConsultationStatus.Settled || !state.PendingWithdrawals.IsEmpty || !state.Outbox.IsEmpty;

    /// <summary>The recordings that a command would discard, of one mode or of all. Their deliveries are rejected before.</summary>
    public virtual ImmutableArray<int> UnsealedOrdinals(ConsultationState state, ConsultationMode? mode = null) =>
        [.. state.Recordings.Where(r => r.IsUnsealed && (mode is null || r.Mode == mode)).Select(r => r.Ordinal)];

    /// <summary>Without a reminder nobody returns to this record by itself, so its outbox is published first.</summary>
    private ImmutableArray<Effect> EndOfWork(ConsultationState next) => NeedsReminder(next) ? [] : [new PublishOutbox(), new UnregisterReminder()];

    private static ImmutableArray<Effect> ReminderFor(ConsultationState next) =>
        next.PendingWithdrawals.IsEmpty || next.Recordings.IsEmpty ? [] : [new RegisterReminder()];

    private static AuditFact Fact(ConsultationState state, string kind, Actor by, string? detail = null, int? ordinal = null) =>
        new(kind, by, ordinal is { } recording ? NameOf(state).Recording(recording).Name : state.Owner, detail);

    private static ConsultationId NameOf(ConsultationState state) => ConsultationId.Parse(state.Owner);

    private static string Format(ConsultationMode mode) => mode.ToString().ToLowerInvariant();

    private static Decision<ConsultationState> Reject(ConsultationState state, ErrorCode error, Denial? denial = null) =>
        Decision<ConsultationState>.Reject(state, error, denial);
}
