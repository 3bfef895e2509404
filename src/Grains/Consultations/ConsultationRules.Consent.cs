namespace Replays.Grains.Consultations;

internal partial class ConsultationRules
{
    private const string ConsentWithdrawn = "consent-withdrawn";

    /// <summary>Granted from booking to end. The patient's own consent during the call counts as joining, attested consent never.</summary>
    public virtual Decision<ConsultationState> GrantConsent(ConsultationState state, ConsultationMode mode, Consent consent, Actor by)
    {
        if (mode is ConsultationMode.Chat || state.Status is not (ConsultationStatus.Booked or ConsultationStatus.InProgress))
            return Reject(state, ErrorCode.InvalidTransition);
        var next = state.HasConsent(mode) ? state : state.WithConsent(mode, consent);
        if (!consent.Attested && state is { Status: ConsultationStatus.InProgress, JoinedAt: null })
            next = next with { JoinedAt = consent.At };
        return new(next) { Audit = next == state ? [] : [Fact(state, "consent.granted", by, Format(mode))] };
    }

    /// <summary>Withdrawn at any time. Unsealed recordings of the mode are discarded; after the call, sealed ones are withdrawn.</summary>
    public virtual Decision<ConsultationState> WithdrawConsent(Reconciled reconciled, ConsultationMode mode, Consent consent, Actor by)
    {
        var state = reconciled.State;
        if (mode is ConsultationMode.Chat || state.Status is ConsultationStatus.Cancelled)
            return Reject(state, ErrorCode.InvalidTransition);
        var isOver = state.Status is ConsultationStatus.Ended or ConsultationStatus.Settled;
        if (state.ConsentFor(mode) is { Granted: false } earlier && (!isOver || earlier.At >= state.EndedAt))
            return new(state) { After = Withdrawals(state) };
        var next = state.WithConsent(mode, consent).DiscardUnsealed(mode);
        if (isOver)
            next = next with { PendingWithdrawals = next.PendingWithdrawals.Add(new(mode, ConsentWithdrawn, by)) };
        return new(next)
        {
            Audit = [Fact(state, "consent.withdrawn", by, Format(mode))],
            Before = ReminderFor(next),
            After = Withdrawals(next),
        };
    }

    /// <summary>Withdrawals that may not have reached the patient's list yet.</summary>
    public virtual ImmutableArray<Effect> Withdrawals(ConsultationState state) => state.PendingWithdrawals.IsEmpty
        ? []
        :
        [
            .. state.PendingWithdrawals.Select(pending => new WithdrawFromList(pending, AvailableRecordings(state, pending.Mode))),
            new MarkWithdrawalsDone(),
        ];

    /// <summary>All pending withdrawals have reached the patient's list.</summary>
    public virtual Decision<ConsultationState> CompleteWithdrawals(ConsultationState state)
    {
        if (state.PendingWithdrawals.IsEmpty)
            return new(state);
        var next = state with { PendingWithdrawals = [] };
        return new(next) { After = EndOfWork(next) };
    }

    private static ImmutableArray<RecordingId> AvailableRecordings(ConsultationState state, ConsultationMode? mode) =>
    [
        .. state.Recordings
            .Where(r => r.Status is RecordingStatus.Available && (mode is null || r.Mode == mode))
            .Select(r => NameOf(state).Recording(r.Ordinal)),
    ];
}
