using Orleans.Storage;
using Replays.Grains.AuditTrail;
using Replays.Grains.Safeguards;

namespace Replays.Grains.Patients;

/// <summary>
/// A patient's ledger in storage: a header, and pages of 16 consultations. At most eight pages are cached. A change is kept in memory only
/// once its write is known to have succeeded.
/// </summary>
internal sealed class LedgerStore(
    PatientId patient,
    IPersistentState<LedgerHeader> header,
    IGrainStorage storage,
    OwnershipMismatchGuard ownership,
    TimeProvider time,
    Action schedulePublish)
{
    public const int MaxPagesPerRequest = 4;

    private const int MaxCachedPages = 2 * MaxPagesPerRequest, MaxIdempotencyKeys = 256;

    private readonly Dictionary<int, StoredPage> _pages = [];
    private readonly HashSet<Guid> _published = [];
    private List<LedgerEntry>? _keyedEntries;
    private int? _lastNumber;
    private bool _isWritingHeader, _mustReloadHeader;
    private Task? _reload;

    public LedgerHeader Header => header.State;

    /// <summary>Pages before this one were erased.</summary>
    private int FirstPage => LedgerPage.PageNumberOf(Header.LastErasedNumber);

    /// <summary>Audit entries of one record that may not be published yet; empty when there are none.</summary>
    public ImmutableArray<AuditEntry> NextUnpublished() => _pages.Values.Select(page => page.State.Outbox)
        .Append(_isWritingHeader || _mustReloadHeader ? [] : Header.Outbox)
        .Select(Unpublished)
        .FirstOrDefault(entries => !entries.IsEmpty) is { IsDefault: false } some ? some : [];

    public ImmutableArray<AuditEntry> UnpublishedOf(ConsultationId consultation) =>
        _pages.TryGetValue(LedgerPage.PageNumberOf(consultation.Number), out var page) ? Unpublished(page.State.Outbox) : [];

    public void MarkPublished(ImmutableArray<AuditEntry> entries) => _published.UnionWith(entries.Select(entry => entry.Id));

    /// <summary>Checks the header after a read, or creates it.</summary>
    public void CheckHeader()
    {
        if (!header.RecordExists)
            header.State = new() { Owner = patient.Name };
        else
            ownership.Check(patient.Name, Header.Owner);
        _mustReloadHeader = false;
        if (!Header.Outbox.IsEmpty)
            schedulePublish();
    }

    /// <summary>Reloads the header after a failed write, which may have committed.</summary>
    public Task ReloadIfNeeded()
    {
        // One read at a time: the publisher interleaves, and a second read could end in the middle of a write.
        if (_mustReloadHeader && _reload is not { IsCompleted: false })
            _reload = Reload();
        return _mustReloadHeader ? _reload! : Task.CompletedTask;
    }

    public async Task SaveHeader(LedgerHeader next, params IEnumerable<AuditFact> audit)
    {
        header.State = next with { Outbox = Append(next.Outbox, audit) };
        _isWritingHeader = true;
        try
        {
            await header.WriteStateAsync();
        }
        catch
        {
            // Not set before the write: the publisher interleaves with it, and its reload would overwrite the new state in memory.
            _mustReloadHeader = true;
            throw;
        }
        finally
        {
            _isWritingHeader = false;
        }
        if (!Header.Outbox.IsEmpty)
            schedulePublish();
    }

    public async Task<LedgerEntry?> FindEntry(int number) => (await Load(LedgerPage.PageNumberOf(number))).Find(number);

    /// <summary>
    /// Reads the entry from storage. Needed where the decision may be to change nothing: no write follows, so no version conflict would reveal a
    /// stale cache.
    /// </summary>
    public Task<LedgerEntry?> ReadEntry(int number)
    {
        _pages.Remove(LedgerPage.PageNumberOf(number));
        (_keyedEntries, _lastNumber) = (null, null);
        return FindEntry(number);
    }

    public Task ReadHeader()
    {
        _mustReloadHeader = true;
        (_keyedEntries, _lastNumber) = (null, null);
        return ReloadIfNeeded();
    }

    /// <exception cref="InconsistentStateException">Another activation gave the number to another booking.</exception>
    public async Task AddEntry(LedgerEntry entry, IEnumerable<AuditFact> audit)
    {
        var number = LedgerPage.PageNumberOf(entry.Name.Number);
        if (number > Header.LastPage)
            await SaveHeader(Header with { LastPage = number });
        if ((await Load(number)).Find(entry.Name.Number) is not null)
            throw new InconsistentStateException("Another activation has booked this number.");
        var keyed = _keyedEntries;
        await SaveEntry(entry, audit);
        (_keyedEntries, _lastNumber) = (keyed, entry.Name.Number);
        if (entry.IdempotencyKey is not null)
            _keyedEntries?.Add(entry);
    }

    public async Task SaveEntry(LedgerEntry entry, IEnumerable<AuditFact> audit)
    {
        var number = LedgerPage.PageNumberOf(entry.Name.Number);
        var before = await Load(number);
        // The page is not cached while it is written: a failed write may have committed, so the page is reloaded afterwards.
        _pages.Remove(number, out var page);
        var (keyed, lastNumber) = (_keyedEntries, _lastNumber);
        (_keyedEntries, _lastNumber) = (null, null);
        page!.State = before.WithEntry(entry) with { Owner = LedgerPage.PageKey(patient, number), Outbox = Append(before.Outbox, audit) };
        await storage.WriteStateAsync(LedgerPage.StateName, PageId(number), page);
        _pages[number] = page;
        (_keyedEntries, _lastNumber) = (keyed, lastNumber);
        _published.ExceptWith(before.Outbox.Except(page.State.Outbox).Select(e => e.Id));
        if (!page.State.Outbox.IsEmpty)
            schedulePublish();
    }

    /// <summary>The same, read from storage.</summary>
    public Task<int> ReadLastNumber()
    {
        _pages.Clear();
        _lastNumber = null;
        return LastNumber();
    }

    /// <summary>The last number assigned, including numbers before an erasure.</summary>
    public async Task<int> LastNumber()
    {
        if (_lastNumber is { } cached)
            return cached;
        var last = 0;
        // The header is written before the page: the last page may be missing, the one before it is not empty.
        for (var page = Header.LastPage; page >= FirstPage && last == 0; page--)
            last = (await Load(page)).Entries is [.., var newest] ? newest.Name.Number : 0;
        last = Math.Max(last, Header.LastErasedNumber);
        _lastNumber = last;
        return last;
    }

    /// <summary>Finds the booking made with an idempotency key in the last 24 hours, among the newest 256 keys.</summary>
    public async Task<LedgerEntry?> FindByIdempotencyKey(string key, DateTimeOffset now)
    {
        _keyedEntries ??= await ReadKeyedEntries(now);
        return _keyedEntries.TakeLast(MaxIdempotencyKeys)
            .LastOrDefault(e => e.IdempotencyKey!.Key == key && now - e.BookedAt < IdempotencyKey.Lifetime);
    }

    /// <summary>Visits entries, newest first, until <paramref name="visit"/> returns false or four pages are read.</summary>
    /// <returns>Where to continue; null at the end of the ledger.</returns>
    public async Task<LedgerCursor?> EnumerateNewestFirst(LedgerCursor? after, Func<LedgerEntry, bool> visit)
    {
        // Ordinals start at 1: at ordinal 1 or below, the consultation is done.
        var newest = Math.Min(await LastNumber(), after is { } position ? position.Number - (position.Ordinal <= 1 ? 1 : 0) : int.MaxValue);
        for (var (page, read) = (LedgerPage.PageNumberOf(newest), 0); page >= FirstPage; page--, read++)
        {
            if (read == MaxPagesPerRequest)
                return new LedgerCursor((page + 1) * LedgerPage.Size, 0);
            foreach (var entry in (await Load(page)).Entries.Reverse())
            {
                if (entry.Name.Number <= newest && !visit(entry))
                    return null;
            }
        }
        return null;
    }

    /// <summary>Deletes all pages. Repeatable. Requires that the header keeps the last number.</summary>
    public async Task DeletePages()
    {
        (_keyedEntries, _lastNumber) = (null, null);
        _pages.Clear();
        for (var number = Header.LastPage; number >= 0; number--)
        {
            var page = new StoredPage();
            await storage.ReadStateAsync(LedgerPage.StateName, PageId(number), page);
            if (page.RecordExists)
                await storage.ClearStateAsync(LedgerPage.StateName, PageId(number), page);
        }
    }

    private async Task Reload()
    {
        await header.ReadStateAsync();
        CheckHeader();
    }

    private async Task<List<LedgerEntry>> ReadKeyedEntries(DateTimeOffset now)
    {
        var keyed = new List<LedgerEntry>();
        for (var page = LedgerPage.PageNumberOf(await LastNumber()); page >= FirstPage; page--)
        {
            var entries = (await Load(page)).Entries;
            keyed.InsertRange(0, entries.Where(e => e.IdempotencyKey is not null));
            if (keyed.Count >= MaxIdempotencyKeys || entries.Any(e => now - e.BookedAt >= IdempotencyKey.Lifetime))
                break;
        }
        return keyed;
    }

    private async Task<LedgerPage> Load(int number)
    {
        if (_pages.TryGetValue(number, out var cached))
            return cached.State;
        var page = new StoredPage();
        await storage.ReadStateAsync(LedgerPage.StateName, PageId(number), page);
        if (page.RecordExists && !ownership.Check(LedgerPage.PageKey(patient, number), page.State.Owner))
        {
            _pages.Clear();
            throw new OwnershipMismatchException();
        }
        if (_pages.Count >= MaxCachedPages)
            _pages.Remove(_pages.Keys.Min());
        _pages[number] = page;
        if (!page.State.Outbox.IsEmpty)
            schedulePublish();
        return page.State;
    }

    private ImmutableArray<AuditEntry> Append(ImmutableArray<AuditEntry> outbox, IEnumerable<AuditFact> audit) =>
        [.. Unpublished(outbox), .. audit.Select(fact => fact.ToEntry(time.GetUtcNow()))];

    private ImmutableArray<AuditEntry> Unpublished(ImmutableArray<AuditEntry> outbox) =>
        outbox.RemoveAll(entry => _published.Contains(entry.Id));

    private GrainId PageId(int number) => GrainId.Create(LedgerPage.StateName, LedgerPage.PageKey(patient, number));
}
