using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Replays.Grains.Storage;

namespace Replays.Grains.Patients;

/// <summary>Loads, lets <see cref="LedgerRules"/> decide, saves.</summary>
[GrainType(TypeName)]
internal sealed class PatientGrain : IGrainBase, IPatientGrain, IIncomingGrainCallFilter
{
    public const string TypeName = "patient";

    private readonly IGrainFactory _grains;
    private readonly LedgerRules _rules;
    private readonly KeySafeguard _keys;
    private readonly SafeguardDenials _denials;
    private readonly TimeProvider _time;
    private readonly PatientId _own;
    private readonly OwnershipMismatchGuard _ownership;
    private readonly LedgerStore _ledger;
    private readonly LedgerReader _reader;
    private readonly PatientErasure _erasure;

    private GrainId? _source;
    private IGrainTimer? _publisher;

    public PatientGrain(
        IGrainContext context,
        IGrainFactory grains,
        [PersistentState(LedgerHeader.StateName, ReplaysStorage.Name)] IPersistentState<LedgerHeader> header,
        [FromKeyedServices(ReplaysStorage.Name)] IGrainStorage storage,
        LedgerRules rules,
        KeySafeguard keys,
        EnabledSafeguards enabled,
        SafeguardDenials denials,
        IStopList stops,
        TimeProvider time)
    {
        GrainContext = context;
        (_grains, _rules, _keys, _denials, _time) = (grains, rules, keys, denials, time);
        _own = PatientId.TryParseName(context.GrainId.Key.ToString(), out var own)
            ? own
            : throw new ArgumentException("Not a patient's name.");
        _ownership = new(enabled, denials, time);
        _ledger = new(_own, header, storage, _ownership, time, SchedulePublish);
        _reader = new(_own, _ledger, rules, denials);
        _erasure = new(_own, _ledger, rules, keys, stops, time, this.DeactivateOnIdle);
    }

    public IGrainContext GrainContext { get; }

    private DateTimeOffset Now => _time.GetUtcNow();

    public Task OnActivateAsync(CancellationToken cancellation)
    {
        _ledger.CheckHeader();
        return _ownership.IsMismatched ? Task.CompletedTask : _erasure.CancelIfUnconfirmed(cancellation);
    }

    public async Task Invoke(IIncomingGrainCallContext call)
    {
        _ownership.ThrowIfMismatched(this);
        await _ledger.ReloadIfNeeded();
        _ownership.ThrowIfMismatched(this);
        _source = call.SourceId;
        await call.Invoke();
    }

    public async Task<Result<LedgerEntry>> Book(Booking booking, IdempotencyKey? key, Actor by, CancellationToken cancellation)
    {
        if (_ledger.Header.IsErasing)
            return ErrorCode.NotFound;
        if (key is not null && await _ledger.FindByIdempotencyKey(key.Key, Now) is { } earlier)
        {
            return earlier.IdempotencyKey!.Body == key.Body
                ? await _ledger.FindEntry(earlier.Name.Number) ?? earlier
                : ErrorCode.IdempotencyKeyReused;
        }
        var decision = _rules.Book(_own, await _ledger.LastNumber(), booking, key, by, Now);
        await _ledger.AddEntry(decision.Next, decision.Audit);
        return decision.Next;
    }

    public Task<LedgerSlice> ListConsultations(int limit, LedgerCursor? after, CancellationToken cancellation) =>
        _reader.ListConsultations(limit, after);

    public Task<ReplayPage> ListReplays(ReplayQuery query, CancellationToken cancellation) => _reader.ListReplays(query);

    public Task<ListedReplay?> FindReplay(RecordingId recording, CancellationToken cancellation) => _reader.FindReplay(recording);

    public async Task<ReplayMedia?> OpenReplay(RecordingId recording, CancellationToken cancellation) =>
        await _reader.FindReplay(recording) is { } listed
        && await _keys.Unwrap(_own, listed.Replay.Name, listed.Replay.WrappedKey, cancellation) is { } dataKey
            ? new(listed, dataKey)
            : null;

    public async Task<LedgerEntry?> ReadEntry(LedgerQuery query, CancellationToken cancellation) => await FindSenderEntry(query);

    public async Task<bool> ReportStatus(StatusReport report, CancellationToken cancellation)
    {
        if (await FindSenderEntry(report) is not { } entry)
            return false;
        await Apply(_rules.ReportStatus(entry, report.Status));
        return true;
    }

    public async Task<DataKey?> GetDataKey(DataKeyRequest request, CancellationToken cancellation)
    {
        if (!Accepts(request))
            return null;
        // Denied only by what is stored: another activation may have booked since this one cached the page.
        var denial = _rules.CheckDataKeyRequest(await _ledger.FindEntry(request.Sender.Number), request);
        if (denial is not null)
            denial = _rules.CheckDataKeyRequest(await _ledger.ReadEntry(request.Sender.Number), request);
        if (!_denials.Allows(denial))
            return null;
        if (request.Wrapped is not { } wrapped)
            return await _keys.Create(request.Recording, cancellation);
        return await _keys.Unwrap(_own, request.Recording, wrapped, cancellation) is { } plain ? new(plain, wrapped) : null;
    }

    public async Task<DeliveryResult> AcceptReplay(Delivery delivery, CancellationToken cancellation)
    {
        if (!Accepts(delivery))
            return DeliveryResult.Rejected;
        var (result, decision) = _rules.AcceptReplay(await _ledger.FindEntry(delivery.Sender.Number), delivery);
        if (decision.Denial is not null)
            (result, decision) = _rules.AcceptReplay(await _ledger.ReadEntry(delivery.Sender.Number), delivery);
        _denials.Allows(decision.Denial);
        if (result is DeliveryResult.Accepted)
            await _ledger.SaveEntry(decision.Next!, decision.Audit);
        return result;
    }

    public async Task<LedgerEntry?> RejectDeliveries(RejectDeliveries message, CancellationToken cancellation)
    {
        if (await ReadSenderEntry(message) is not { } entry)
            return null;
        await Apply(_rules.RejectDeliveries(entry, message.Ordinals));
        return await _ledger.FindEntry(message.Sender.Number);
    }

    public async Task<bool> WithdrawReplays(WithdrawReplays message, CancellationToken cancellation)
    {
        if (await ReadSenderEntry(message) is not { } entry)
            return false;
        await Apply(_rules.WithdrawReplays(entry, message, Now));
        return true;
    }

    public async Task WithdrawReplay(RecordingId recording, string reason, Actor by, CancellationToken cancellation)
    {
        if (await _reader.FindIncludingWithdrawn(recording) is var (entry, replay))
            await Apply(_rules.WithdrawReplay(entry, replay, reason, by, Now));
    }

    public async Task<ErrorCode> DestroyKey(RecordingId recording, Actor by, CancellationToken cancellation)
    {
        await _ledger.ReadHeader();
        if (_ledger.Header.LegalHold is not null)
            return ErrorCode.LegalHold;
        return await _reader.FindIncludingWithdrawn(recording) is var (entry, replay)
            ? await Apply(_rules.DestroyKey(_ledger.Header, entry, replay))
            : ErrorCode.None;
    }

    public async Task<bool> HasLegalHold(CancellationToken cancellation)
    {
        await _ledger.ReadHeader();
        return _ledger.Header.LegalHold is not null;
    }

    public async Task<ErrorCode> SetLegalHold(string? reason, Actor by, CancellationToken cancellation)
    {
        await _ledger.ReadHeader();
        var decision = _rules.SetLegalHold(_ledger.Header, reason, by, Now);
        if (!ReferenceEquals(decision.Next, _ledger.Header))
            await _ledger.SaveHeader(decision.Next, decision.Audit);
        return decision.Error;
    }

    public Task<ErrorCode> BeginErasure(Actor by, CancellationToken cancellation) => _erasure.Begin(by, cancellation);

    public async Task<bool> ResumeErasure(CancellationToken cancellation)
    {
        await PublishOutbox();
        return await _erasure.Resume(cancellation);
    }

    public Task CompleteErasure(CancellationToken cancellation) => _erasure.Complete();

    private bool Accepts(IConsultationMessage message) =>
        _denials.Allows(_rules.CheckMessage(_own, _source, message)) && !_ledger.Header.IsErasing;

    /// <returns>The sender's entry; null when the message is denied or there is none.</returns>
    private async Task<LedgerEntry?> FindSenderEntry(IConsultationMessage message) =>
        Accepts(message) && await _ledger.FindEntry(message.Sender.Number) is { } entry && entry.Name == message.Sender ? entry : null;

    /// <summary>The same, read from storage.</summary>
    private async Task<LedgerEntry?> ReadSenderEntry(IConsultationMessage message) =>
        Accepts(message) && await _ledger.ReadEntry(message.Sender.Number) is { } entry && entry.Name == message.Sender ? entry : null;

    private async Task<ErrorCode> Apply(Decision<LedgerEntry> decision)
    {
        var entry = await _ledger.FindEntry(decision.Next.Name.Number);
        if (ReferenceEquals(decision.Next, entry))
            return decision.Error;
        if (decision.Before.Contains(new PublishOutbox()))
            await Publish(_ledger.UnpublishedOf(decision.Next.Name));
        await _ledger.SaveEntry(decision.Next, decision.Audit);
        return decision.Error;
    }

    /// <summary>Publishes between calls: no caller waits for the audit trail.</summary>
    private void SchedulePublish() => _publisher ??= this.RegisterGrainTimer(
        OnTimer, new() { DueTime = TimeSpan.Zero, Period = TimeSpan.FromSeconds(5), KeepAlive = true, Interleave = true });

    private async Task OnTimer()
    {
        await PublishOutbox();
        _publisher?.Dispose();
        _publisher = null;
    }

    /// <summary>Publishes until the outbox is empty: entries may be added meanwhile.</summary>
    private async Task PublishOutbox()
    {
        while (_ledger.NextUnpublished() is { IsEmpty: false } entries)
            await Publish(entries);
    }

    private async Task Publish(ImmutableArray<AuditEntry> entries)
    {
        if (entries.IsEmpty)
            return;
        await _grains.AuditTrail(_own).Append(entries);
        _ledger.MarkPublished(entries);
    }
}
