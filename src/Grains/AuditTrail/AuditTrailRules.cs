using System.Text.Json;

namespace Replays.Grains.AuditTrail;

/// <summary>
/// The decisions about an audit trail: page and entry in; next page out. No clock, no I/O. Methods are virtual so that the simulation can
/// plant a bug in each.
/// </summary>
internal class AuditTrailRules
{
    /// <summary>Appends an entry that is not in the trail yet.</summary>
    /// <param name="cursor">The end of the trail.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="now">The time; an entry is never recorded before its predecessor.</param>
    public virtual void Append(AppendCursor cursor, AuditEntry entry, DateTimeOffset now)
    {
        var recordedAt = Math.Max(now.ToUnixTimeMilliseconds(), cursor.LastRecordedAt);
        var content = JsonSerializer.SerializeToUtf8Bytes(entry, TrailJson.Default.AuditEntry);
        cursor.Append(TrailChain.CreateEntry(cursor.Hash, cursor.Count + 1, entry.Id, recordedAt, content));
    }

    /// <returns>The page without the content of its entries; the same instance when nothing is left to erase.</returns>
    public virtual TrailPage EraseContent(TrailPage page) => page.Entries.Any(HasErasableContent)
        ? page with { Entries = [.. page.Entries.Select(entry => HasErasableContent(entry) ? Blank(entry) : entry)] }
        : page;

    /// <summary>Selects a page's entries from a number down, newest first.</summary>
    public virtual IEnumerable<TrailItem> Select(TrailPage page, long from, string? kindPrefix)
    {
        for (var number = from; number >= 1 && PageOf(number) == page.Number; number--)
        {
            var chained = page.Entries[(int)((number - 1) % TrailStorage.PageSize)];
            var entry = chained.Content is { } content ? JsonSerializer.Deserialize(content, TrailJson.Default.AuditEntry) : null;
            if (kindPrefix is null || entry?.Kind.StartsWith(kindPrefix, StringComparison.Ordinal) is true)
                yield return new(number, DateTimeOffset.FromUnixTimeMilliseconds(chained.RecordedAt), entry);
        }
    }

    public static int PageOf(long number) => (int)((number - 1) / TrailStorage.PageSize);

    private static ChainedEntry Blank(ChainedEntry entry) => entry with { Salt = null, Content = null };

    /// <summary>Everything but the entry that records the erasure itself.</summary>
    private static bool HasErasableContent(ChainedEntry entry) => entry.Content is { } content && !AuditEntryKinds.IsErasure(content);
}
