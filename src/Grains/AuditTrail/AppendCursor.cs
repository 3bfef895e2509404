namespace Replays.Grains.AuditTrail;

/// <summary>The end of an audit trail in memory, with the ids of its latest entries, so that no entry is appended twice.</summary>
internal sealed class AppendCursor
{
    private const int MaxCachedIds = 1024 * TrailStorage.PageSize;

    /// <summary>Maximum difference of two machines' clocks: no entry is appended earlier than this before its own time.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private readonly HashSet<Guid> _cachedIds = [];
    private int _firstCachedPage;
    private long _cachedSince;

    public AppendCursor(TrailHead? head, string? headTag, TrailPage page, string? pageTag)
    {
        (HeadCount, HeadTag, Page, PageTag) = (head?.Count ?? 0, headTag, page, pageTag);
        Count = (long)page.Number * TrailStorage.PageSize + page.Entries.Length;
        Hash = page.Entries.LastOrDefault()?.Hash ?? TrailChain.Genesis(page.Owner);
        LastRecordedAt = page.Entries.LastOrDefault()?.RecordedAt ?? 0;
        AddToCache(page);
    }

    /// <summary>The last page.</summary>
    public TrailPage Page { get; private set; }
    public string? PageTag { get; set; }

    /// <summary>Number of entries that the stored head covers.</summary>
    public long HeadCount { get; set; }
    public string? HeadTag { get; set; }
    public long Count { get; private set; }
    public byte[] Hash { get; private set; }

    /// <summary>Milliseconds since 1970.</summary>
    public long LastRecordedAt { get; private set; }
    public bool HasUnwritten { get; private set; }

    public bool IsPageFull => Page.Entries.Length == TrailStorage.PageSize;

    public bool Contains(Guid id) => _cachedIds.Contains(id);

    /// <returns>The older page to read before it is certain whether an entry is new; null when it is.</returns>
    public int? NextUncachedPage(AuditEntry entry) =>
        _firstCachedPage > 0 && _cachedSince >= (entry.At - ClockSkew).ToUnixTimeMilliseconds() ? _firstCachedPage - 1 : null;

    public void AddToCache(TrailPage page)
    {
        _firstCachedPage = page.Number;
        _cachedSince = page.Entries.IsEmpty ? long.MaxValue : page.Entries[0].RecordedAt;
        _cachedIds.UnionWith(page.Entries.Select(entry => entry.Id));
    }

    public void Append(ChainedEntry entry)
    {
        Page = Page with { Entries = Page.Entries.Add(entry) };
        (Count, Hash, LastRecordedAt, HasUnwritten) = (Count + 1, entry.Hash, entry.RecordedAt, true);
        _cachedIds.Add(entry.Id);
    }

    public void StartPage() => (Page, PageTag) = (new() { Owner = Page.Owner, Number = Page.Number + 1 }, null);

    /// <summary>Also bounds memory: ids of older entries are read again when needed.</summary>
    public void MarkWritten(string? pageTag)
    {
        (PageTag, HasUnwritten) = (pageTag, false);
        if (_cachedIds.Count <= MaxCachedIds)
            return;
        _cachedIds.Clear();
        AddToCache(Page);
    }
}
