using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;

namespace Replays.Simulation.PlantedBugs;

/// <summary>Mistakes in the rules of a patient's ledger.</summary>
internal static class LedgerBugs
{
    public static IEnumerable<PlantedBug> All =>
    [
        PlantedBug.InRules<LedgerRules, BookingKeyIgnored>("A booking's idempotency key is ignored"),
        PlantedBug.InRules<LedgerRules, StatusGoesBack>("A status goes backwards"),
        PlantedBug.InRules<LedgerRules, ErasureIgnoresHold>("An erasure ignores a legal hold"),
        PlantedBug.InRules<LedgerRules, AcceptsAfterSettling>("The ledger accepts a replay after settling"),
        PlantedBug.InRules<LedgerRules, DeliversTwice>("A replay delivered twice is listed twice"),
        PlantedBug.InRules<LedgerRules, WithdrawsAllModes>("A withdrawal for one mode takes the other mode's replays too"),
        PlantedBug.InRules<LedgerRules, NumbersAgain>("Numbers start again after an erasure"),
        PlantedBug.InRules<LedgerRules, HoldWithoutAudit>("A legal hold leaves no audit entry"),
        PlantedBug.InRules<LedgerRules, ReplacesReplay>("A second delivery with another digest replaces the first"),
        PlantedBug.InRules<LedgerRules, ListsWithdrawn>("A withdrawn replay stays in the list"),
        PlantedBug.InRules<LedgerRules, DestroysListed>("The key of a listed replay can be destroyed"),
    ];

    private sealed class BookingKeyIgnored(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override Decision<LedgerEntry> Book(
            PatientId own, int lastNumber, Booking booking, IdempotencyKey? key, Actor by, DateTimeOffset now) =>
            base.Book(own, lastNumber, booking, null, by, now);
    }

    private sealed class StatusGoesBack(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override Decision<LedgerEntry> ReportStatus(LedgerEntry entry, ConsultationStatus status) =>
            new(entry with { Status = status });
    }

    private sealed class ErasureIgnoresHold(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override Decision<LedgerHeader> BeginErasure(LedgerHeader header) => new(header with { IsErasing = true });
    }

    private sealed class AcceptsAfterSettling(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override DeliveryDecision AcceptReplay(LedgerEntry? entry, Delivery delivery)
        {
            if (entry?.Status is not ConsultationStatus.Settled)
                return base.AcceptReplay(entry, delivery);
            var decision = base.AcceptReplay(entry with { Status = ConsultationStatus.Ended }, delivery);
            return decision.Result is DeliveryResult.Accepted
                ? decision with { Entry = decision.Entry with { Next = decision.Entry.Next! with { Status = entry.Status } } }
                : decision;
        }
    }

    private sealed class DeliversTwice(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override DeliveryDecision AcceptReplay(LedgerEntry? entry, Delivery delivery)
        {
            var decision = base.AcceptReplay(entry, delivery);
            return decision.Result is DeliveryResult.AlreadyDelivered
                ? new(DeliveryResult.Accepted, new(entry! with { Replays = entry.Replays.Add(delivery.Replay) }))
                : decision;
        }
    }

    private sealed class WithdrawsAllModes(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override Decision<LedgerEntry> WithdrawReplays(LedgerEntry entry, WithdrawReplays message, DateTimeOffset now) =>
            base.WithdrawReplays(entry, message with { Mode = null }, now);
    }

    private sealed class NumbersAgain(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override LedgerHeader CompleteErasure(LedgerHeader header, DateTimeOffset now) =>
            base.CompleteErasure(header with { LastErasedNumber = 0 }, now);
    }

    private sealed class HoldWithoutAudit(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override Decision<LedgerHeader> SetLegalHold(LedgerHeader header, string? reason, Actor by, DateTimeOffset now) =>
            base.SetLegalHold(header, reason, by, now) with { Audit = [] };
    }

    private sealed class ReplacesReplay(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override DeliveryDecision AcceptReplay(LedgerEntry? entry, Delivery delivery)
        {
            var decision = base.AcceptReplay(entry, delivery);
            if (decision.Result is not DeliveryResult.Conflict)
                return decision;
            var others = entry!.Replays.RemoveAll(one => one.Name == delivery.Replay.Name);
            return new(DeliveryResult.Accepted, new(entry with { Replays = others.Add(delivery.Replay) }));
        }
    }

    private sealed class ListsWithdrawn(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override bool Matches(LedgerEntry entry, Replay replay, ReplayQuery query) =>
            base.Matches(entry, replay with { Withdrawal = null }, query);
    }

    private sealed class DestroysListed(EnabledSafeguards enabled) : LedgerRules(enabled)
    {
        public override Decision<LedgerEntry> WithdrawReplay(
            LedgerEntry entry, Replay replay, string reason, Actor by, DateTimeOffset now) => new(entry);

        public override Decision<LedgerEntry> DestroyKey(LedgerHeader header, LedgerEntry entry, Replay replay) =>
            new(entry with { Replays = entry.Replays.Replace(replay, replay with { WrappedKey = null }) });
    }
}
