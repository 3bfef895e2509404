using Microsoft.Extensions.Options;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using ErrorCode = Replays.Grains.ErrorCode;

namespace Replays.Simulation.PlantedBugs;

/// <summary>Mistakes in the rules of a consultation.</summary>
internal static class ConsultationBugs
{
    public static IEnumerable<PlantedBug> All =>
    [
        PlantedBug.InRules<ConsultationRules, WithdrawalDiscardsOtherMode>("Withdrawing consent for audio discards the video too"),
        PlantedBug.InRules<ConsultationRules, WithdrawalDoesNotAskLedger>("A withdrawal does not ask the ledger first"),
        PlantedBug.InRules<ConsultationRules, SettlingDoesNotAskLedger>("Settling does not ask the ledger first"),
        PlantedBug.InRules<ConsultationRules, SettlingDoesNotTellLedger>("Settling does not tell the ledger first"),
        PlantedBug.InRules<ConsultationRules, MediaDeletedBeforeLedgerSettles>("Media are deleted before the ledger is told of settling"),
        PlantedBug.InRules<ConsultationRules, DeliveryWithoutLease>("A delivery without the seal's lease is accepted"),
        PlantedBug.InRules<ConsultationRules, SwitchLeavesRecordingOpen>("A switch leaves the old recording open"),
        PlantedBug.InRules<ConsultationRules, AnyConsentCounts>("Consent for one mode counts for the other"),
        PlantedBug.InRules<ConsultationRules, WrongPatientKeepsSealed>("An end with the wrong patient leaves a sealed replay in the list"),
        PlantedBug.InRules<ConsultationRules, DeliveryDropsOutbox>("A completed delivery drops unpublished audit entries"),
        PlantedBug.InRules<ConsultationRules, AttestedConsentJoins>("Attested consent counts as presence"),
        PlantedBug.InRules<ConsultationRules, WithdrawalWithoutAudit>("A withdrawal of consent leaves no audit entry"),
        PlantedBug.InRules<ConsultationRules, LateWithdrawalKeepsReplay>("Consent withdrawn after the call leaves the replay in the list"),
        PlantedBug.InRules<ConsultationRules, WithdrawalsForgotten>("A pending withdrawal is forgotten before it is carried out"),
        PlantedBug.InRules<ConsultationRules, NoReminder>("A recording is opened without a reminder"),
        PlantedBug.InRules<ConsultationRules, ReminderStays>("The reminder outlives settling"),
        PlantedBug.InRules<ConsultationRules, ConflictCountsAsDelivered>("A delivery that conflicts counts as delivered"),
        PlantedBug.InRules<ConsultationRules, DiscardsSealed>("A sealed recording can be discarded"),
        PlantedBug.InRules<ConsultationRules, AbandonedTooEarly>("A call counts as abandoned after an hour"),
        PlantedBug.InRules<ConsultationRules, UploadWithoutToken>("An upload needs no token"),
        PlantedBug.InRules<ConsultationRules, LengthWithoutLease>("A length is declared without a lease"),
        PlantedBug.InRules<ConsultationRules, ReopensClosed>("Closing a discarded recording revives it"),
        PlantedBug.InRules<ConsultationRules, RetriesWithoutConsent>("A retried delivery does not check consent again"),
        PlantedBug.InRules<ConsultationRules, SecondRecordingOpens>("A second recording opens beside an open one"),
        PlantedBug.InRules<ConsultationRules, OpenKeyIgnored>("A recorder's idempotency key is ignored"),
        PlantedBug.InRules<ConsultationRules, DropsKeyEarly>("A data key is dropped before the recording is sealed"),
    ];

    private sealed class WithdrawalDiscardsOtherMode(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> WithdrawConsent(Reconciled reconciled, ConsultationMode mode, Consent consent, Actor by)
        {
            var decision = base.WithdrawConsent(reconciled, mode, consent, by);
            return decision.Next == reconciled.State ? decision : decision with { Next = decision.Next.DiscardUnsealed() };
        }
    }

    private sealed class WithdrawalDoesNotAskLedger(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Reconciled Reconcile(ConsultationState state, LedgerEntry? entry) =>
            state.Status is ConsultationStatus.InProgress ? new(state) : base.Reconcile(state, entry);
    }

    private sealed class SettlingDoesNotAskLedger(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Reconciled Reconcile(ConsultationState state, LedgerEntry? entry) =>
            state.Status is ConsultationStatus.Ended ? new(state) : base.Reconcile(state, entry);
    }

    private sealed class SettlingDoesNotTellLedger(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> BeginSettling(ConsultationState state) => new(state);
    }

    private sealed class MediaDeletedBeforeLedgerSettles(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
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

    private sealed class DeliveryWithoutLease(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> PrepareDelivery(
            ConsultationState state, int ordinal, VerifiedMedia media, bool ownsSealLease, DateTimeOffset now) =>
            base.PrepareDelivery(state, ordinal, media, true, now);
    }

    private sealed class SwitchLeavesRecordingOpen(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> SwitchMode(ConsultationState state, ConsultationMode mode, Actor by, DateTimeOffset now)
        {
            var decision = base.SwitchMode(state, mode, by, now);
            return ReferenceEquals(decision.Next, state) ? decision : decision with { Next = decision.Next with { Recordings = state.Recordings } };
        }
    }

    private sealed class AnyConsentCounts(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> PrepareRecording(ConsultationState state, OpenRecordingRequest request)
        {
            var consent = state.HasConsent(ConsultationMode.Audio) ? state.Audio : state.Video;
            var decision = base.PrepareRecording(state with { Audio = consent, Video = consent }, request);
            return decision with { Next = state };
        }
    }

    private sealed class WrongPatientKeepsSealed(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> End(Reconciled reconciled, bool wrongPatient, Actor by, DateTimeOffset now)
        {
            var decision = base.End(reconciled, wrongPatient, by, now);
            return decision.Next.PendingWithdrawals.IsEmpty ? decision
                : decision with { Next = decision.Next with { PendingWithdrawals = [] }, After = [.. decision.After.Where(one => one is ReportStatus)] };
        }
    }

    private sealed class DeliveryDropsOutbox(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> CompleteDelivery(ConsultationState state, RecordingState verified, DeliveryResult result)
        {
            var decision = base.CompleteDelivery(state, verified, result);
            return decision with { Next = decision.Next with { Outbox = [] } };
        }
    }

    private sealed class AttestedConsentJoins(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> GrantConsent(ConsultationState state, ConsultationMode mode, Consent consent, Actor by)
        {
            var decision = base.GrantConsent(state, mode, consent, by);
            return decision.Next == state ? decision : decision with { Next = decision.Next with { JoinedAt = state.JoinedAt ?? consent.At } };
        }
    }

    private sealed class WithdrawalWithoutAudit(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> WithdrawConsent(Reconciled reconciled, ConsultationMode mode, Consent consent, Actor by) =>
            base.WithdrawConsent(reconciled, mode, consent, by) with { Audit = [] };
    }

    private sealed class LateWithdrawalKeepsReplay(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> WithdrawConsent(Reconciled reconciled, ConsultationMode mode, Consent consent, Actor by)
        {
            var decision = base.WithdrawConsent(reconciled, mode, consent, by);
            return decision.Next.PendingWithdrawals.IsEmpty ? decision
                : decision with { Next = decision.Next with { PendingWithdrawals = [] }, After = [] };
        }
    }

    private sealed class WithdrawalsForgotten(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override System.Collections.Immutable.ImmutableArray<Effect> Withdrawals(ConsultationState state) =>
            [.. base.Withdrawals(state).Reverse()];
    }

    private sealed class NoReminder(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> PrepareRecording(ConsultationState state, OpenRecordingRequest request) =>
            base.PrepareRecording(state, request) is var decision ? decision with { Before = [.. decision.Before.Where(one => one is not RegisterReminder)] } : null!;
    }

    private sealed class ReminderStays(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override bool NeedsReminder(ConsultationState state) => !state.Recordings.IsEmpty || base.NeedsReminder(state);
    }

    private sealed class ConflictCountsAsDelivered(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> CompleteDelivery(ConsultationState state, RecordingState verified, DeliveryResult result) =>
            base.CompleteDelivery(state, verified, result is DeliveryResult.Conflict ? DeliveryResult.Accepted : result);
    }

    private sealed class DiscardsSealed(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> DiscardRecording(Reconciled reconciled, int ordinal, Actor by) =>
            reconciled.State.Recording(ordinal) is { Status: RecordingStatus.Available } recording
                ? base.DiscardRecording(new(reconciled.State.WithRecording(recording with { Status = RecordingStatus.Closed })), ordinal, by)
                : base.DiscardRecording(reconciled, ordinal, by);
    }

    private sealed class AbandonedTooEarly(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override bool IsAbandoned(ConsultationState state, DateTimeOffset now) =>
            state.Status is ConsultationStatus.InProgress && now - state.Modes[^1].Since >= TimeSpan.FromHours(1);
    }

    private sealed class UploadWithoutToken(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override ErrorCode ValidateUpload(ConsultationState state, int ordinal, string uploadToken, DateTimeOffset now) =>
            base.ValidateUpload(state, ordinal, state.Recording(ordinal)?.UploadToken ?? uploadToken, now);
    }

    private sealed class LengthWithoutLease(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> DeclareLength(ConsultationState state, int ordinal, long length, bool ownsLease) =>
            base.DeclareLength(state, ordinal, length, true);
    }

    private sealed class ReopensClosed(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> CloseRecording(ConsultationState state, int ordinal) =>
            state.Recording(ordinal) is { Status: RecordingStatus.Discarded } recording
                ? new(state.WithRecording(recording with { Status = RecordingStatus.Closed }))
                : base.CloseRecording(state, ordinal);
    }

    private sealed class RetriesWithoutConsent(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override System.Collections.Immutable.ImmutableArray<RecordingState> PendingDeliveries(ConsultationState state, DateTimeOffset now) =>
            [.. state.Recordings.Where(one => one.Sealed is not null && one.Status is RecordingStatus.Closed or RecordingStatus.Discarded)];
    }

    private sealed class SecondRecordingOpens(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> PrepareRecording(ConsultationState state, OpenRecordingRequest request) =>
            base.PrepareRecording(state, request) is { Error: ErrorCode.RecordingOpen } ? new(state) : base.PrepareRecording(state, request);
    }

    private sealed class OpenKeyIgnored(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override RecordingState? FindByIdempotencyKey(ConsultationState state, IdempotencyKey key, DateTimeOffset now) => null;
    }

    private sealed class DropsKeyEarly(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> OpenRecording(
            ConsultationState state, OpenRecordingRequest request, CreatedMedia created, Actor by, DateTimeOffset now) =>
            base.OpenRecording(state, request, created with { WrappedKey = [] }, by, now);
    }
}
