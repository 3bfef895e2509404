using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Safeguards;

namespace Replays.Grains.Patients;

/// <summary>
/// The decisions about a patient's ledger: entry or header and command in; next one, audit entries and effects out. No clock, no I/O.
/// Methods are virtual so that the simulation can plant a bug in each.
/// </summary>
internal class LedgerRules(EnabledSafeguards enabled)
{
    /// <summary>The two safeguards that every message from a consultation passes first.</summary>
    public virtual Denial? CheckMessage(PatientId own, GrainId? source, IConsultationMessage message) =>
        NameSafeguard.Check(enabled, own, message) ?? CallerSafeguard.Check(enabled, source, message);

    public virtual Denial? CheckDataKeyRequest(LedgerEntry? entry, DataKeyRequest request) =>
        LedgerSafeguard.Check(enabled, entry, request.Sender);

    public virtual Denial? CheckListed(PatientId own, Replay replay) => NameSafeguard.Check(enabled, own, replay);

    public virtual Decision<LedgerEntry> Book(
        PatientId own, int lastNumber, Booking booking, IdempotencyKey? key, Actor by, DateTimeOffset now)
    {
        var name = own.Consultation(lastNumber + 1);
        var entry = new LedgerEntry
        {
            Name = name,
            Booking = booking,
            Status = ConsultationStatus.Booked,
            BookedAt = now,
            IdempotencyKey = key,
        };
        return new(entry) { Audit = [new("consultation.booked", by, name.Name)] };
    }

    /// <summary>A status never goes back. A settled consultation's page may not be loaded again: its outbox is published first.</summary>
    public virtual Decision<LedgerEntry> ReportStatus(LedgerEntry entry, ConsultationStatus status) => entry.Status >= status
        ? new(entry)
        : new(entry with { Status = status })
        {
            Before = status is ConsultationStatus.Settled or ConsultationStatus.Cancelled ? [new PublishOutbox()] : [],
        };

    /// <summary>Accepts a replay into the list. Storing the decision is the seal.</summary>
    /// <param name="entry">The entry under the consultation's number; null when there is none.</param>
    public virtual DeliveryDecision AcceptReplay(LedgerEntry? entry, Delivery delivery)
    {
        var replay = delivery.Replay;
        if (entry?.Replays.FirstOrDefault(r => r.Name == replay.Name) is { } existing)
        {
            var isSame = existing.Sha256 == replay.Sha256 && existing.ObjectKey == replay.ObjectKey;
            return new(isSame ? DeliveryResult.AlreadyDelivered : DeliveryResult.Conflict, new(entry));
        }
        if ((LedgerSafeguard.Check(enabled, entry, delivery.Sender) ?? CheckDiscarded(entry, replay)) is { } denial)
            return new(DeliveryResult.Rejected, new(entry) { Denial = denial });
        if (entry is null)
            return new(DeliveryResult.Rejected, new(entry));
        var replays = entry.Replays.Add(replay).Sort((a, b) => a.Name.Ordinal.CompareTo(b.Name.Ordinal));
        return new(DeliveryResult.Accepted, new(entry with { Replays = replays })
        {
            Audit = [new("replay.delivered", delivery.By, replay.Name.Name)],
        });
    }

    /// <summary>Withdraws a consultation's replays, of one mode or of all.</summary>
    public virtual Decision<LedgerEntry> WithdrawReplays(LedgerEntry entry, WithdrawReplays message, DateTimeOffset now)
    {
        var withdrawn = entry.Replays.Where(r => r.Withdrawal is null && (message.Mode is null || r.Mode == message.Mode)).ToHashSet();
        if (withdrawn.Count == 0)
            return new(entry);
        var withdrawal = new Withdrawal(message.Reason, now, message.By);
        return new(entry with { Replays = [.. entry.Replays.Select(r => withdrawn.Contains(r) ? r with { Withdrawal = withdrawal } : r)] })
        {
            Audit = [.. withdrawn.Select(r => new AuditFact("replay.withdrawn", message.By, r.Name.Name, message.Reason))],
        };
    }

    /// <summary>Withdraws one replay by an incident's decision. The incident publishes the audit entry.</summary>
    public virtual Decision<LedgerEntry> WithdrawReplay(LedgerEntry entry, Replay replay, string reason, Actor by, DateTimeOffset now) =>
        replay.Withdrawal is null ? new(Replace(entry, replay, replay with { Withdrawal = new(reason, now, by) })) : new(entry);

    /// <summary>Destroys a withdrawn replay's data key, never under legal hold.</summary>
    public virtual Decision<LedgerEntry> DestroyKey(LedgerHeader header, LedgerEntry entry, Replay replay) =>
        header.LegalHold is not null ? Decision<LedgerEntry>.Reject(entry, ErrorCode.LegalHold)
        : replay.Withdrawal is null ? Decision<LedgerEntry>.Reject(entry, ErrorCode.InvalidTransition)
        : replay.WrappedKey is null ? new(entry)
        : new(Replace(entry, replay, replay with { WrappedKey = null }));

    /// <summary>Sets a legal hold for a reason, or lifts it with none.</summary>
    public virtual Decision<LedgerHeader> SetLegalHold(LedgerHeader header, string? reason, Actor by, DateTimeOffset now)
    {
        if (header.IsErasing)
            return Decision<LedgerHeader>.Reject(header, ErrorCode.NotFound);
        if (reason == header.LegalHold?.Reason)
            return new(header);
        return new(header with { LegalHold = reason is null ? null : new(reason, now, by) })
        {
            Audit = [new(reason is null ? "hold.lifted" : "hold.set", by, header.Owner, reason)],
        };
    }

    public virtual Decision<LedgerHeader> BeginErasure(LedgerHeader header) => header.LegalHold is not null
        ? Decision<LedgerHeader>.Reject(header, ErrorCode.LegalHold)
        : new(header with { IsErasing = true });

    /// <summary>What stays after an erasure: a tombstone that keeps numbers from being given twice.</summary>
    public virtual LedgerHeader CompleteErasure(LedgerHeader header, DateTimeOffset now) =>
        new() { Owner = header.Owner, LastPage = header.LastPage, ErasedAt = now, LastErasedNumber = header.LastErasedNumber };

    public virtual bool Matches(LedgerEntry entry, Replay replay, ReplayQuery query) =>
        (query.Mode is null || replay.Mode == query.Mode)
        && (query.From is null || replay.RecordedAt >= query.From)
        && (query.To is null || replay.RecordedAt < query.To)
        && (query.ClinicianId is null || entry.Booking.Clinician.Id == query.ClinicianId)
        && replay.Withdrawal is null;

    /// <summary>Recordings that the consultation discards are never accepted, however late their delivery arrives.</summary>
    public virtual Decision<LedgerEntry> RejectDeliveries(LedgerEntry entry, ImmutableArray<int> ordinals)
    {
        var added = ordinals.Except(entry.RejectedOrdinals).Except(entry.Replays.Select(r => r.Name.Ordinal)).ToImmutableArray();
        return new(added.IsEmpty ? entry : entry with { RejectedOrdinals = entry.RejectedOrdinals.AddRange(added) });
    }

    private static Denial? CheckDiscarded(LedgerEntry? entry, Replay replay) =>
        entry?.RejectedOrdinals.Contains(replay.Name.Ordinal) is true ? new(Safeguard.Ledger) : null;

    private static LedgerEntry Replace(LedgerEntry entry, Replay before, Replay after) =>
        entry with { Replays = entry.Replays.Replace(before, after) };
}
