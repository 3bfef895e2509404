using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using ErrorCode = Replays.Grains.ErrorCode;

namespace Replays.Simulation.PlantedBugs;

/// <summary>Mistakes in the rules of a consultation's life and consent.</summary>
internal static class ConsultationBugs
{
    public static IEnumerable<PlantedBug> All =>
    [
        PlantedBug.InRules<ConsultationRules, WithdrawalDiscardsOtherMode>("Withdrawing consent for audio discards the video too"),
        PlantedBug.InRules<ConsultationRules, WithdrawalDoesNotAskLedger>("A withdrawal does not ask the ledger first"),
        PlantedBug.InRules<ConsultationRules, SettlingDoesNotAskLedger>("Settling does not ask the ledger first"),
        PlantedBug.InRules<ConsultationRules, SettlingDoesNotTellLedger>("Settling does not tell the ledger first"),
        PlantedBug.InRules<ConsultationRules, MediaDeletedBeforeLedgerSettles>("Media are deleted before the ledger is told of settling"),
        PlantedBug.InRules<ConsultationRules, SwitchLeavesRecordingOpen>("A switch leaves the old recording open"),
        PlantedBug.InRules<ConsultationRules, WrongPatientKeepsSealed>("An end with the wrong patient leaves a sealed replay in the list"),
        PlantedBug.InRules<ConsultationRules, AttestedConsentJoins>("Attested consent counts as presence"),
        PlantedBug.InRules<ConsultationRules, WithdrawalWithoutAudit>("A withdrawal of consent leaves no audit entry"),
        PlantedBug.InRules<ConsultationRules, LateWithdrawalKeepsReplay>("Consent withdrawn after the call leaves the replay in the list"),
        PlantedBug.InRules<ConsultationRules, WithdrawalsForgotten>("A pending withdrawal is forgotten before it is carried out"),
        PlantedBug.InRules<ConsultationRules, ReminderStays>("The reminder outlives settling"),
        PlantedBug.InRules<ConsultationRules, AbandonedTooEarly>("A call counts as abandoned after an hour"),
    ];

    private sealed class WithdrawalDiscardsOtherMode(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> WithdrawConsent(Reconciled reconciled, ConsultationMode mode, Consent consent, Actor by)
        {
            var decision = base.WithdrawConsent(reconciled, mode, consent, by);
            return decision.Next == reconciled.State ? decision : decision with { Next = decision.Next.DiscardUnsealed() };
        }
    }

    private sealed class WithdrawalDoesNotAskLedger(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Reconciled Reconcile(ConsultationState state, LedgerEntry? entry) =>
            state.Status is ConsultationStatus.InProgress ? new(state) : base.Reconcile(state, entry);
    }

    private sealed class SettlingDoesNotAskLedger(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Reconciled Reconcile(ConsultationState state, LedgerEntry? entry) =>
            state.Status is ConsultationStatus.Ended ? new(state) : base.Reconcile(state, entry);
    }

    private sealed class SettlingDoesNotTellLedger(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> BeginSettling(ConsultationState state) => new(state);
    }

    private sealed class MediaDeletedBeforeLedgerSettles(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> BeginSettling(ConsultationState state) => base.BeginSettling(state) with
        {
            Before =
            [
                .. state.Recordings.Where(one => one.Status is not RecordingStatus.Available).Select(one => new DeleteMedia(one.ObjectKey)),
                .. base.BeginSettling(state).Before,
            ],
        };
    }

    private sealed class SwitchLeavesRecordingOpen(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> SwitchMode(ConsultationState state, ConsultationMode mode, Actor by, DateTimeOffset now)
        {
            var decision = base.SwitchMode(state, mode, by, now);
            return ReferenceEquals(decision.Next, state)
                ? decision
                : decision with { Next = decision.Next with { Recordings = state.Recordings } };
        }
    }

    private sealed class WrongPatientKeepsSealed(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> End(Reconciled reconciled, bool wrongPatient, Actor by, DateTimeOffset now)
        {
            var decision = base.End(reconciled, wrongPatient, by, now);
            return decision.Next.PendingWithdrawals.IsEmpty ? decision : decision with
            {
                Next = decision.Next with { PendingWithdrawals = [] },
                After = [.. decision.After.Where(one => one is ReportStatus)],
            };
        }
    }

    private sealed class AttestedConsentJoins(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> GrantConsent(ConsultationState state, ConsultationMode mode, Consent consent, Actor by)
        {
            var decision = base.GrantConsent(state, mode, consent, by);
            return decision.Next == state
                ? decision
                : decision with { Next = decision.Next with { JoinedAt = state.JoinedAt ?? consent.At } };
        }
    }

    private sealed class WithdrawalWithoutAudit(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> WithdrawConsent(
            Reconciled reconciled, ConsultationMode mode, Consent consent, Actor by) =>
            base.WithdrawConsent(reconciled, mode, consent, by) with { Audit = [] };
    }

    private sealed class LateWithdrawalKeepsReplay(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> WithdrawConsent(Reconciled reconciled, ConsultationMode mode, Consent consent, Actor by)
        {
            var decision = base.WithdrawConsent(reconciled, mode, consent, by);
            return decision.Next.PendingWithdrawals.IsEmpty ? decision
                : decision with { Next = decision.Next with { PendingWithdrawals = [] }, After = [] };
        }
    }

    private sealed class WithdrawalsForgotten(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override ImmutableArray<Effect> Withdrawals(ConsultationState state) =>
            [.. base.Withdrawals(state).Reverse()];
    }

    private sealed class ReminderStays(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override bool NeedsReminder(ConsultationState state) => !state.Recordings.IsEmpty || base.NeedsReminder(state);
    }

    private sealed class AbandonedTooEarly(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override bool IsAbandoned(ConsultationState state, DateTimeOffset now) =>
            state.Status is ConsultationStatus.InProgress && now - state.Modes[^1].Since >= TimeSpan.FromHours(1);
    }
}
