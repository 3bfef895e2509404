using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Replays.Grains.Storage;

namespace Replays.Grains.AuditTrail;

/// <summary>
/// Appending writes one page. The head, which reveals a truncated trail, is written a few seconds later, once for everything appended
/// meanwhile; after a crash, by the next activation.
/// </summary>
[GrainType("audit-trail")]
internal sealed partial class AuditTrailGrain(
    IGrainContext context, [FromKeyedServices(ReplaysStorage.Name)] IGrainStorage storage, AuditTrailRules rules, TimeProvider time,
    ILogger<AuditTrailGrain> logger) : IGrainBase, IAuditTrailGrain
{
    private const int ConcurrentPages = 8, PagesPerStep = 64, PagesPerRead = 4;

    private static readonly TimeSpan HeadDelay = TimeSpan.FromSeconds(5);

    private readonly TrailStore _store = new(context.GrainId, storage, logger);

    private AppendCursor? _cursor;
    private IGrainTimer? _headTimer;

    public IGrainContext GrainContext => context;

    public async Task Append(ImmutableArray<AuditEntry> entries)
    {
        try
        {
            var cursor = await GetCursor();
            foreach (var entry in entries)
            {
                if (await IsDuplicate(cursor, entry))
                    continue;
                if (cursor.IsPageFull)
                {
                    await WritePage(cursor);
                    cursor.StartPage();
                }
                rules.Append(cursor, entry, time.GetUtcNow());
            }
            await WritePage(cursor);
        }
        catch
        {
            _cursor = null; // the write may have committed: reload before the next one
            throw;
        }
    }

    public async Task<TrailSlice> Read(int limit, long? before, string? kindPrefix, CancellationToken cancellation)
    {
        limit = Math.Clamp(limit, 1, 200);
        var cursor = await GetCursor();
        var number = Math.Min(before ?? long.MaxValue, cursor.Count + 1) - 1;
        var items = ImmutableArray.CreateBuilder<TrailItem>();
        for (var pages = 0; number >= 1 && pages < PagesPerRead && items.Count < limit; pages++)
        {
            var at = AuditTrailRules.PageOf(number);
            var page = at == cursor.Page.Number ? cursor.Page : await _store.ReadOwnPage(at);
            items.AddRange(rules.Select(page, number, kindPrefix).Take(limit - items.Count));
            number = items.Count == limit ? items[^1].Number - 1 : (long)at * TrailStorage.PageSize;
        }
        return new(items.DrainToImmutable(), number >= 1 ? number + 1 : null);
    }

    public async Task<VerificationProgress> Verify(VerificationProgress progress, CancellationToken cancellation)
    {
        if (progress.IsComplete)
            return progress;
        if (progress.Hash is null)
        {
            var (head, _) = await _store.ReadHead();
            progress = TrailVerification.Start(progress, _store.Owner, head);
        }
        for (var pages = 0; pages < PagesPerStep && !progress.IsComplete; pages += ConcurrentPages)
        {
            var first = (int)(progress.Entries / TrailStorage.PageSize);
            var read = await Task.WhenAll(Enumerable.Range(first, ConcurrentPages).Select(_store.ReadPage));
            for (var i = 0; i < read.Length && !progress.IsComplete; i++)
                progress = TrailVerification.Continue(progress, _store.Owner, first + i, read[i].Page);
            cancellation.ThrowIfCancellationRequested();
        }
        return progress;
    }

    public async Task<int?> EraseContent(int from)
    {
        _cursor = null;
        for (var number = from; number < from + PagesPerStep; number++)
        {
            var (page, tag) = await _store.ReadPage(number);
            if (page is null)
                return null;
            if (page.Owner != _store.Owner)
                throw _store.Mismatch();
            if (rules.EraseContent(page) is var erased && !ReferenceEquals(erased, page))
                await _store.WritePage(erased, tag);
        }
        return from + PagesPerStep;
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellation)
    {
        try
        {
            await WriteHead();
        }
        catch (Exception e)
        {
            LogHeadNotWritten(logger, e);
        }
    }

    private async ValueTask<AppendCursor> GetCursor()
    {
        if (_cursor is null)
        {
            _cursor = await _store.ReadCursor();
            if (_cursor.Count > _cursor.HeadCount)
                ScheduleHead();
        }
        return _cursor;
    }

    /// <summary>Searches only the part of the trail that can contain the entry: it was not appended before its own time.</summary>
    private async ValueTask<bool> IsDuplicate(AppendCursor cursor, AuditEntry entry)
    {
        while (cursor.NextUncachedPage(entry) is { } page)
            cursor.AddToCache(await _store.ReadOwnPage(page));
        return cursor.Contains(entry.Id);
    }

    private async Task WritePage(AppendCursor cursor)
    {
        if (!cursor.HasUnwritten)
            return;
        cursor.MarkWritten(await _store.WritePage(cursor.Page, cursor.PageTag));
        ScheduleHead();
    }

    private void ScheduleHead() =>
        _headTimer ??= this.RegisterGrainTimer(WriteHead, new GrainTimerCreationOptions(HeadDelay, Timeout.InfiniteTimeSpan));

    private async Task WriteHead()
    {
        _headTimer?.Dispose();
        _headTimer = null;
        if (_cursor is not { } cursor || cursor.HeadCount == cursor.Count)
            return;
        try
        {
            var head = new TrailHead { Owner = _store.Owner, Count = cursor.Count, Hash = cursor.Hash };
            cursor.HeadTag = await _store.WriteHead(head, cursor.HeadTag);
            cursor.HeadCount = head.Count;
        }
        catch
        {
            _cursor = null;
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The head of an audit trail was not written. The next activation writes it.")]
    private static partial void LogHeadNotWritten(ILogger logger, Exception exception);
}
