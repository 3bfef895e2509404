using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Replays.Grains.Storage;

namespace Replays.Grains.Patients;

[GrainType(TypeName)]
internal sealed partial class PatientGrain(
    [PersistentState("ledger-header", ReplaysStorage.Name)] IPersistentState<LedgerHeader> head,
    [FromKeyedServices(ReplaysStorage.Name)] IGrainStorage storage,
    NameSafeguard nameLock,
    CallerSafeguard callerLock,
    LedgerSafeguard ledgerLock,
    RecordSafeguard recordLock,
    KeySafeguard keyLock,
    IStopList stops,
    TimeProvider time) : Grain, IPatientGrain, IIncomingGrainCallFilter
{
    public const string TypeName = "patient";

    private const int MaxRepeatKeys = 256, MaxPagesARequest = 4;

    private readonly Dictionary<int, StoredPage> _pages = [];
    private readonly HashSet<Guid> _told = [];
    private List<LedgerEntry>? _keyed;
    private int? _lastNumber;
    private GrainId? _source;
    private bool _misfiled, _headUnsure;
    private IGrainTimer? _telling;

    private PatientId Own { get; set; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Own = PatientId.TryParseName(this.GetPrimaryKeyString(), out var own) ? own : throw new ArgumentException("Not a patient's name.");
        CheckHead();
        if (!head.State.Outbox.IsEmpty)
            TellSoon();
        return _misfiled ? Task.CompletedTask : CheckErasure(cancellationToken);
    }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        // A misfiled record answers nobody, and cheaply: no retry of a hot caller reads it again before the activation goes.
        if (_misfiled)
            throw new OwnershipMismatchException();
        if (_headUnsure)
        {
            await head.ReadStateAsync();
            CheckHead();
            _headUnsure = false;
            if (_misfiled)
                throw new OwnershipMismatchException();
        }
        _source = context.SourceId;
        await context.Invoke();
    }

    public async Task<Result<LedgerEntry>> Book(Booking booking, IdempotencyKey? key, Actor by, CancellationToken cancellation)
    {
        if (head.State.IsErasing)
            return ErrorCode.NotFound;
        var now = time.GetUtcNow();
        if (key is not null && await FindRepeat(key, now) is { } earlier)
            return earlier.IdempotencyKey!.Body == key.Body ? await Entry(earlier.Name) ?? earlier : ErrorCode.IdempotencyKeyReused;

        var name = Own.Consultation(await LastNumber() + 1);
        var page = LedgerPage.PageNumberOf(name.Number);
        if (page > head.State.LastPage)
            await Save(head.State with { Owner = Own.Name, LastPage = page });

        var entry = new LedgerEntry { Name = name, Booking = booking, Status = ConsultationStatus.Booked, BookedAt = now, IdempotencyKey = key };
        await Save(page, (await Load(page)).WithEntry(entry), Tell("consultation.booked", by, name.Name));
        _lastNumber = name.Number;
        if (key is not null)
            _keyed?.Add(entry);
        return entry;
    }

    public async Task<LedgerSlice> ListConsultations(int limit, LedgerCursor? after, CancellationToken cancellation)
    {
        var found = new List<LedgerEntry>();
        var end = await Scan(after, entry =>
        {
            found.Add(entry);
            return found.Count <= limit;
        });
        var items = found.Take(limit).ToImmutableArray();
        return new LedgerSlice(items, found.Count > limit ? new LedgerCursor(items[^1].Name.Number, 0) : end);
    }

    public async Task<ReplayPage> ListReplays(ReplayQuery query, CancellationToken cancellation)
    {
        var found = new List<(ListedReplay Listed, LedgerCursor At)>();
        var end = await Scan(query.After, entry =>
        {
            var number = entry.Name.Number;
            foreach (var replay in entry.Replays.Reverse())
            {
                var at = new LedgerCursor(number, replay.Name.Ordinal);
                if (Matches(entry, replay, query) && (query.After is not { } after || number < after.Number || at.Ordinal < after.Ordinal))
                    found.Add((new ListedReplay(replay, entry.Booking), at));
            }
            return found.Count <= query.Limit;
        });
        return found.Count > query.Limit
            ? new ReplayPage([.. found.Take(query.Limit).Select(f => f.Listed)], found[query.Limit - 1].At)
            : new ReplayPage([.. found.Select(f => f.Listed)], end);
    }

    public async Task<ListedReplay?> FindReplay(RecordingId recording, CancellationToken cancellation)
    {
        var number = recording.Consultation.Number;
        return recording.Patient == Own && (await Load(LedgerPage.PageNumberOf(number))).Find(number) is { } entry
            && entry.Replays.FirstOrDefault(r => r.Name.Ordinal == recording.Ordinal) is { } replay && IsListed(replay)
            ? new ListedReplay(replay, entry.Booking)
            : null;
    }

    public async Task<ReplayMedia?> OpenReplay(RecordingId recording, CancellationToken cancellation) =>
        await FindReplay(recording, cancellation) is { } listed
        && await keyLock.Unwrap(Own, listed.Replay.Name, listed.Replay.WrappedKey, cancellation) is { } dataKey
            ? new ReplayMedia(listed, dataKey)
            : null;

    public async Task<LedgerEntry?> ReadEntry(LedgerQuery query, CancellationToken cancellation) =>
        Admits(query) && await Entry(query.Sender) is { } entry && entry.Name == query.Sender ? entry : null;

    public async Task<bool> ReportStatus(StatusReport note, CancellationToken cancellation)
    {
        if (!Admits(note) || await Entry(note.Sender) is not { } entry || entry.Name != note.Sender)
            return false;
        if (entry.Status >= note.Status)
            return true;
        var page = LedgerPage.PageNumberOf(note.Sender.Number);
        // Once settled, nobody comes back to this page by itself: what it has to tell is told before.
        if (note.Status is ConsultationStatus.Settled or ConsultationStatus.Cancelled)
            await TellTrail(page);
        await Save(page, (await Load(page)).WithEntry(entry with { Status = note.Status }));
        return true;
    }

    public async Task<DataKey?> GetDataKey(DataKeyRequest request, CancellationToken cancellation)
    {
        if (!Admits(request) || !ledgerLock.Allows(await Entry(request.Sender), request.Sender))
            return null;
        if (request.Wrapped is null)
            return await keyLock.Create(request.Recording, cancellation);
        return await keyLock.Unwrap(Own, request.Recording, request.Wrapped, cancellation) is { } plain
            ? new DataKey(plain, request.Wrapped)
            : null;
    }

    public async Task<DeliveryResult> AcceptReplay(Delivery delivery, CancellationToken cancellation)
    {
        var replay = delivery.Replay;
        if (!Admits(delivery))
            return DeliveryResult.Refused;
        var entry = await Entry(delivery.Sender);
        if (entry?.Replays.FirstOrDefault(r => r.Name == replay.Name) is { } there)
            return there.Sha256 == replay.Sha256 && there.ObjectKey == replay.ObjectKey ? DeliveryResult.AlreadyDelivered : DeliveryResult.Conflict;
        if (!ledgerLock.Allows(entry, delivery.Sender) || entry is null)
            return DeliveryResult.Refused;

        var page = LedgerPage.PageNumberOf(delivery.Sender.Number);
        var replays = entry.Replays.Add(replay).Sort((a, b) => a.Name.Ordinal.CompareTo(b.Name.Ordinal));
        await Save(page, (await Load(page)).WithEntry(entry with { Replays = replays }), Tell("replay.delivered", delivery.By, replay.Name.Name));
        return DeliveryResult.Accepted;
    }

    public async Task<bool> WithdrawReplays(WithdrawReplays message, CancellationToken cancellation)
    {
        if (!Admits(message) || await Entry(message.Sender) is not { } entry || entry.Name != message.Sender)
            return false;
        var withdrawal = new Withdrawal(message.Reason, time.GetUtcNow(), message.By);
        var taken = entry.Replays.Where(r => r.Withdrawal is null && (message.Mode is null || r.Mode == message.Mode)).ToList();
        if (taken.Count == 0)
            return true;
        var page = LedgerPage.PageNumberOf(message.Sender.Number);
        var replays = entry.Replays.Select(r => taken.Contains(r) ? r with { Withdrawal = withdrawal } : r);
        await Save(page, (await Load(page)).WithEntry(entry with { Replays = [.. replays] }),
            [.. taken.Select(r => Tell("replay.withdrawn", message.By, r.Name.Name, message.Reason))]);
        return true;
    }

    /// <summary>The two locks that every word from a consultation passes before anything else is looked at.</summary>
    private bool Admits(IConsultationMessage message) =>
        nameLock.Allows(Own, message) && callerLock.Allows(_source, message) && !head.State.IsErasing;

    private bool IsListed(Replay replay) => replay.Withdrawal is null && nameLock.Allows(Own, replay);

    private bool Matches(LedgerEntry entry, Replay replay, ReplayQuery query) =>
        (query.Mode is null || replay.Mode == query.Mode)
        && (query.From is null || replay.RecordedAt >= query.From)
        && (query.To is null || replay.RecordedAt < query.To)
        && (query.ClinicianId is null || entry.Booking.Clinician.Id == query.ClinicianId)
        && IsListed(replay);

    /// <summary>Goes through the ledger, newest first, from where a page before ended, until enough is found or four pages are read.</summary>
    /// <returns>Where it stopped; null at the end.</returns>
    private async Task<LedgerCursor?> Scan(LedgerCursor? after, Func<LedgerEntry, bool> more)
    {
        // Ordinals begin at 1: below ordinal 1 there is nothing left of that consultation.
        var newest = Math.Min(await LastNumber(), after is { } a ? a.Number - (a.Ordinal <= 1 ? 1 : 0) : int.MaxValue);
        for (var (page, read) = (LedgerPage.PageNumberOf(newest), 0); page >= LedgerPage.PageNumberOf(head.State.LastErasedNumber); page--, read++)
        {
            if (read == MaxPagesARequest)
                return new LedgerCursor((page + 1) * LedgerPage.Size, 0);
            foreach (var entry in (await Load(page)).Entries.Reverse())
            {
                if (entry.Name.Number <= newest && !more(entry))
                    return null;
            }
        }
        return null;
    }

    private async Task<LedgerEntry?> FindRepeat(IdempotencyKey key, DateTimeOffset now)
    {
        _keyed ??= await ReadKeyed(now);
        return _keyed.TakeLast(MaxRepeatKeys).LastOrDefault(e => e.IdempotencyKey!.Key == key.Key && now - e.BookedAt < IdempotencyKey.Lifetime);
    }

    private async Task<List<LedgerEntry>> ReadKeyed(DateTimeOffset now)
    {
        var keyed = new List<LedgerEntry>();
        for (var page = LedgerPage.PageNumberOf(await LastNumber()); page >= 0; page--)
        {
            var entries = (await Load(page)).Entries;
            keyed.InsertRange(0, entries.Where(e => e.IdempotencyKey is not null));
            if (keyed.Count >= MaxRepeatKeys || entries.Any(e => now - e.BookedAt >= IdempotencyKey.Lifetime))
                break;
        }
        return keyed;
    }

    private async Task<int> LastNumber()
    {
        if (_lastNumber is { } known)
            return known;
        var last = 0;
        // The head is written before the page, so the last page may be empty; the one before it is not.
        for (var page = head.State.LastPage; page >= LedgerPage.PageNumberOf(head.State.LastErasedNumber) && last == 0; page--)
            last = (await Load(page)).Entries is [.., var newest] ? newest.Name.Number : 0;
        _lastNumber = last = Math.Max(last, head.State.LastErasedNumber);
        return last;
    }

    private async Task<LedgerEntry?> Entry(ConsultationId consultation) =>
        (await Load(LedgerPage.PageNumberOf(consultation.Number))).Find(consultation.Number);

    private async Task<LedgerPage> Load(int page)
    {
        if (_pages.TryGetValue(page, out var known))
            return known.State;
        var stored = new StoredPage();
        await storage.ReadStateAsync(LedgerPage.StateName, PageId(page), stored);
        if (stored.RecordExists && !recordLock.Allows(LedgerPage.PageKey(Own, page), stored.State.Owner))
            throw Misfiled();
        if (_pages.Count >= 2 * MaxPagesARequest)
            _pages.Remove(_pages.Keys.Min());
        _pages[page] = stored;
        if (!stored.State.Outbox.IsEmpty)
            TellSoon();
        return stored.State;
    }

    private async Task Save(int page, LedgerPage next, params AuditEntry[] tell)
    {
        if (!_pages.Remove(page, out var stored))
            throw new InvalidOperationException("A page is loaded before it is written.");
        stored.State = next with
        {
            Owner = LedgerPage.PageKey(Own, page),
            Outbox = [.. next.Outbox.Where(e => !_told.Contains(e.Id)), .. tell],
        };
        // While it is being written nothing of it is in memory: after a failure all is read again, for what failed may have committed.
        var (keyed, lastNumber) = (_keyed, _lastNumber);
        (_keyed, _lastNumber) = (null, null);
        await storage.WriteStateAsync(LedgerPage.StateName, PageId(page), stored);
        (_keyed, _lastNumber) = (keyed, lastNumber);
        _pages[page] = stored;
        _told.ExceptWith(next.Outbox.Except(stored.State.Outbox).Select(e => e.Id));
        if (!stored.State.Outbox.IsEmpty)
            TellSoon();
    }

    private async Task Save(LedgerHeader next)
    {
        (head.State, _headUnsure) = (next, true);
        await head.WriteStateAsync();
        _headUnsure = false;
    }

    private void CheckHead()
    {
        if (!head.RecordExists)
            head.State = new LedgerHeader { Owner = Own.Name };
        else if (!recordLock.Allows(Own.Name, head.State.Owner))
            Misfiled();
    }

    private OwnershipMismatchException Misfiled()
    {
        _misfiled = true;
        _pages.Clear();
        this.RegisterGrainTimer(DeactivateLater, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
        return new OwnershipMismatchException();
    }

    private Task DeactivateLater()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private GrainId PageId(int page) => GrainId.Create(LedgerPage.StateName, LedgerPage.PageKey(Own, page));

    private AuditEntry Tell(string kind, Actor by, string subject, string? detail = null) =>
        new() { Id = Guid.NewGuid(), At = time.GetUtcNow(), Kind = kind, By = by, Subject = subject, Detail = detail };

    /// <summary>Between the turns of calls, not instead of them: nobody waits for the trail.</summary>
    private void TellSoon() => _telling ??= this.RegisterGrainTimer(
        TellAll, new() { DueTime = TimeSpan.Zero, Period = TimeSpan.FromSeconds(5), KeepAlive = true, Interleave = true });

    private async Task TellAll()
    {
        // Until nothing is left, for while one entry is told another comes; and of the head only what is stored.
        while (_pages.Keys.Select(page => Untold(page)).Append(_headUnsure ? [] : Untold(head.State.Outbox)).FirstOrDefault(some => !some.IsEmpty)
            is { IsDefault: false } untold)
            await TellTrail(untold);
        _telling?.Dispose();
        _telling = null;
    }

    /// <summary>Tells the trail what a page has in its outbox. The outbox itself is emptied with the page's next change.</summary>
    private Task TellTrail(int page) => TellTrail(Untold(page));

    private async Task TellTrail(ImmutableArray<AuditEntry> untold)
    {
        if (untold.IsEmpty)
            return;
        await GrainFactory.GetGrain<IAuditTrailGrain>(Own.Name).Append(untold);
        _told.UnionWith(untold.Select(e => e.Id));
    }

    private ImmutableArray<AuditEntry> Untold(int page) =>
        _pages.TryGetValue(page, out var stored) ? Untold(stored.State.Outbox) : [];

    private ImmutableArray<AuditEntry> Untold(ImmutableArray<AuditEntry> outbox) => outbox.RemoveAll(e => _told.Contains(e.Id));

    private sealed class StoredPage : IGrainState<LedgerPage>
    {
        [AllowNull]
        public LedgerPage State { get => field; set => field = value ?? new LedgerPage(); } = new();

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }
}
