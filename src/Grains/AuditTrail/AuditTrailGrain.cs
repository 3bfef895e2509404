using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Replays.Grains.Safeguards;
using Replays.Grains.Storage;

namespace Replays.Grains.AuditTrail;

/// <summary>
/// Appending writes one page. The head, which makes a trail cut short show, is sealed a few seconds later, once for all that was appended
/// meanwhile; after a crash, with the next activation that appends.
/// </summary>
[GrainType("audit-trail")]
internal sealed partial class AuditTrailGrain(
    [FromKeyedServices(ReplaysStorage.Name)] IGrainStorage storage,
    TimeProvider time,
    ILogger<AuditTrailGrain> logger) : Grain, IAuditTrailGrain
{
    private const int PagesAtOnce = 8, PagesAStep = 64, PagesARead = 4, KnownAtMost = 1024 * TrailStorage.PageSize;

    private static readonly TimeSpan SealAfter = TimeSpan.FromSeconds(5);

    /// <summary>How far the clocks of two machines may be apart: no entry was appended earlier than this before its own time.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private Tail? _tail;
    private IGrainTimer? _sealing;

    private string Owner => this.GetPrimaryKeyString();

    public async Task Append(ImmutableArray<AuditEntry> entries)
    {
        try
        {
            var tail = _tail ??= await LoadTail();
            foreach (var entry in entries)
            {
                if (await IsThere(tail, entry))
                    continue;
                if (tail.Page.Entries.Length == TrailStorage.PageSize)
                {
                    await Write(tail);
                    (tail.Page, tail.PageTag) = (NewPage(tail.Page.Number + 1), null);
                }
                Add(tail, entry);
            }
            await Write(tail);
        }
        catch
        {
            _tail = null; // what is stored is not known now: reread before the next write
            throw;
        }
    }

    public async Task<TrailSlice> Read(int limit, long? before, string? kindPrefix, CancellationToken cancellation)
    {
        limit = Math.Clamp(limit, 1, 200);
        var tail = _tail ??= await LoadTail();
        var number = Math.Min(before ?? long.MaxValue, tail.Count + 1) - 1;
        var items = ImmutableArray.CreateBuilder<TrailItem>();
        for (var pages = 0; number >= 1 && pages < PagesARead && items.Count < limit; pages++)
        {
            var at = PageOf(number);
            var page = at == tail.Page.Number ? tail.Page : await ReadOwnPage(at);
            for (; number >= 1 && PageOf(number) == at && items.Count < limit; number--)
            {
                var link = page.Entries[(int)((number - 1) % TrailStorage.PageSize)];
                var entry = link.Content is { } content ? JsonSerializer.Deserialize(content, TrailJson.Default.AuditEntry) : null;
                if (kindPrefix is null || entry?.Kind.StartsWith(kindPrefix, StringComparison.Ordinal) is true)
                    items.Add(new(number, DateTimeOffset.FromUnixTimeMilliseconds(link.RecordedAt), entry));
            }
        }
        return new(items.DrainToImmutable(), number >= 1 ? number + 1 : null);
    }

    public async Task<VerificationProgress> Verify(VerificationProgress soFar, CancellationToken cancellation)
    {
        if (soFar.IsComplete)
            return soFar;
        if (soFar.Hash is null)
        {
            var (head, _) = await Load<TrailHead>(TrailStorage.HeadState, Owner);
            soFar = head is null || head.Owner == Owner
                ? soFar with { Hash = TrailChain.Genesis(Owner), HeadCount = head?.Count ?? 0, HeadHash = head?.Hash }
                : soFar with { IsComplete = true, FirstBroken = 1 };
        }
        for (var pages = 0; pages < PagesAStep && !soFar.IsComplete; pages += PagesAtOnce)
        {
            var first = (int)(soFar.Entries / TrailStorage.PageSize);
            var read = await Task.WhenAll(Enumerable.Range(first, PagesAtOnce).Select(ReadPage));
            for (var i = 0; i < read.Length && !soFar.IsComplete; i++)
                soFar = TrailVerification.Continue(soFar, Owner, first + i, read[i].Value);
            cancellation.ThrowIfCancellationRequested();
        }
        return soFar;
    }

    public async Task<int?> EraseContent(int from)
    {
        _tail = null;
        for (var number = from; number < from + PagesAStep; number++)
        {
            var (page, tag) = await ReadPage(number);
            if (page is null)
                return null;
            if (page.Owner != Owner)
                throw Misfiled();
            if (page.Entries.Any(Says))
            {
                page = page with { Entries = [.. page.Entries.Select(link => Says(link) ? link with { Salt = null, Content = null } : link)] };
                await Save(TrailStorage.PageState, TrailStorage.PageKey(Owner, number), page, tag);
            }
        }
        return from + PagesAStep;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellation)
    {
        try
        {
            await Seal();
        }
        catch (Exception e)
        {
            LogNotSealed(logger, e); // the next activation does it
        }
    }

    /// <summary>Whether an entry says anything that erasure is to destroy: all but that there was one.</summary>
    private static bool Says(ChainedEntry link) => link.Content is { } content && !AuditEntryKinds.IsErasure(content);

    private static int PageOf(long number) => (int)((number - 1) / TrailStorage.PageSize);

    /// <summary>
    /// Whether an entry was appended before, however long ago: it cannot have been before its own time, so only that part of the trail is
    /// looked through.
    /// </summary>
    private async Task<bool> IsThere(Tail tail, AuditEntry entry)
    {
        var since = (entry.At - ClockSkew).ToUnixTimeMilliseconds();
        while (tail.KnownFrom > 0 && tail.KnownSince >= since)
            Know(tail, await ReadOwnPage(tail.KnownFrom - 1));
        return tail.Known.Contains(entry.Id);
    }

    private static void Know(Tail tail, TrailPage page)
    {
        tail.KnownFrom = page.Number;
        tail.KnownSince = page.Entries.IsEmpty ? long.MaxValue : page.Entries[0].RecordedAt;
        tail.Known.UnionWith(page.Entries.Select(link => link.Id));
    }

    private void Add(Tail tail, AuditEntry entry)
    {
        var now = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), tail.LastAt);
        var content = JsonSerializer.SerializeToUtf8Bytes(entry, TrailJson.Default.AuditEntry);
        var link = TrailChain.CreateEntry(tail.Hash, tail.Count + 1, entry.Id, now, content);
        tail.Page = tail.Page with { Entries = tail.Page.Entries.Add(link) };
        (tail.Count, tail.Hash, tail.LastAt, tail.Unwritten) = (tail.Count + 1, link.Hash, now, true);
        tail.Known.Add(entry.Id);
    }

    private async Task Write(Tail tail)
    {
        if (!tail.Unwritten)
            return;
        tail.PageTag = await Save(TrailStorage.PageState, TrailStorage.PageKey(Owner, tail.Page.Number), tail.Page, tail.PageTag);
        tail.Unwritten = false;
        if (tail.Known.Count > KnownAtMost)
        {
            tail.Known.Clear(); // bounded memory: older ones are read again when they are asked for
            Know(tail, tail.Page);
        }
        SealLater();
    }

    private void SealLater() =>
        _sealing ??= this.RegisterGrainTimer(Seal, new GrainTimerCreationOptions(SealAfter, Timeout.InfiniteTimeSpan));

    private async Task Seal()
    {
        _sealing?.Dispose();
        _sealing = null;
        if (_tail is not { } tail || tail.Sealed == tail.Count)
            return;
        try
        {
            var head = new TrailHead { Owner = Owner, Count = tail.Count, Hash = tail.Hash };
            tail.HeadTag = await Save(TrailStorage.HeadState, Owner, head, tail.HeadTag);
            tail.Sealed = head.Count;
        }
        catch
        {
            _tail = null;
            throw;
        }
    }

    private async Task<Tail> LoadTail()
    {
        var (head, headTag) = await Load<TrailHead>(TrailStorage.HeadState, Owner);
        if (head is not null && head.Owner != Owner)
            throw Misfiled();
        var (page, pageTag) = (NewPage(head is { Count: > 0 } ? PageOf(head.Count) : 0), (string?)null);
        for (var number = page.Number; ; number++)
        {
            var (read, tag) = await ReadPage(number);
            if (read is null)
                break;
            if (read.Owner != Owner || read.Number != number)
                throw Misfiled();
            (page, pageTag) = (read, tag);
            if (page.Entries.Length < TrailStorage.PageSize)
                break;
        }
        var last = page.Entries.LastOrDefault();
        var tail = new Tail
        {
            HeadTag = headTag,
            Sealed = head?.Count ?? 0,
            Page = page,
            PageTag = pageTag,
            Count = (long)page.Number * TrailStorage.PageSize + page.Entries.Length,
            Hash = last?.Hash ?? TrailChain.Genesis(Owner),
            LastAt = last?.RecordedAt ?? 0,
        };
        if (tail.Count < tail.Sealed)
            throw Misfiled(); // entries are missing: nothing is appended in their place
        Know(tail, page);
        if (tail.Count > tail.Sealed)
            SealLater();
        return tail;
    }

    private TrailPage NewPage(int number) => new() { Owner = Owner, Number = number };

    private async Task<TrailPage> ReadOwnPage(int number) =>
        await ReadPage(number) is ({ } page, _) && page.Owner == Owner && page.Number == number ? page : throw Misfiled();

    private Task<(TrailPage? Value, string? Tag)> ReadPage(int number) =>
        Load<TrailPage>(TrailStorage.PageState, TrailStorage.PageKey(Owner, number));

    private async Task<(T? Value, string? Tag)> Load<T>(string name, string key) where T : class
    {
        var state = new GrainState<T>();
        await storage.ReadStateAsync(name, GrainId.Create(this.GetGrainId().Type, key), state);
        return state.RecordExists ? (state.State, state.ETag) : (null, state.ETag);
    }

    private async Task<string?> Save<T>(string name, string key, T value, string? tag) where T : class
    {
        var state = new GrainState<T>(value, tag) { RecordExists = tag is not null };
        await storage.WriteStateAsync(name, GrainId.Create(this.GetGrainId().Type, key), state);
        return state.ETag;
    }

    private OwnershipMismatchException Misfiled()
    {
        LogMisfiled(logger);
        return new();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "A stored audit trail is not where it belongs, or entries of it are missing: it is refused.")]
    private static partial void LogMisfiled(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The head of an audit trail could not be sealed now.")]
    private static partial void LogNotSealed(ILogger logger, Exception exception);

    /// <summary>Where the trail ends, as this activation knows it, and the ids of the entries from page <c>KnownFrom</c> on.</summary>
    private sealed class Tail
    {
        public readonly HashSet<Guid> Known = [];
        public required TrailPage Page;
        public required string? PageTag, HeadTag;
        public required byte[] Hash;
        public required long Count, Sealed, LastAt;
        public int KnownFrom;
        public long KnownSince;
        public bool Unwritten;
    }
}
