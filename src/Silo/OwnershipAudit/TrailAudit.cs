using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Verifies a trail from pages in any order, as page 10 is stored before page 2. Keeps only the links between pages.</summary>
internal sealed class TrailAudit(string owner, TrailHead? head, RecordedHead? recorded)
{
    private readonly List<Page> _pages = [];

    public long Entries { get; private set; }

    /// <summary>The number of the last erasure entry.</summary>
    public long? Erasure { get; private set; }

    /// <summary>The hash of the last entry; null without entries.</summary>
    public byte[]? LastHash { get; private set; }

    /// <summary>Verifies a single page. Thread-safe.</summary>
    public Page Verify(List<RawChainedEntry> entries, int number)
    {
        var offset = (long)number * TrailStorage.PageSize;
        long? broken = entries.Count > TrailStorage.PageSize ? offset + TrailStorage.PageSize + 1 : null;
        for (var i = 1; i < entries.Count && broken is null; i++)
        {
            if (!TrailChain.IsValid(entries[i - 1].Hash.Span, offset + i + 1, entries[i]))
                broken = offset + i + 1;
        }
        var (blanks, afterErasure, erasure) = (new BlankEntryCheck(null, false), new BlankEntryCheck(null, true), (long?)null);
        for (var i = 0; i < entries.Count; i++)
        {
            (blanks, afterErasure) = (blanks.Next(offset + i + 1, entries[i]), afterErasure.Next(offset + i + 1, entries[i]));
            if (entries[i].Content is not null && blanks is { FollowsErasure: true })
                erasure = offset + i + 1;
        }
        return new(
            number, entries.Count, entries is [var first, ..] ? first.Copy() : null, HashAt(offset + entries.Count), broken,
            blanks, afterErasure, erasure, HashAt(head?.Count), HashAt(recorded?.Entries));

        byte[]? HashAt(long? entry) =>
            entry > offset && entry <= offset + entries.Count ? entries[(int)(entry.Value - offset - 1)].Hash.ToArray() : null;
    }

    public void Add(Page page) => _pages.Add(page);

    /// <summary>Verifies the whole trail. Returns at most one finding, because all others would follow from it.</summary>
    public AuditFinding? Finish()
    {
        _pages.Sort((one, other) => one.Number.CompareTo(other.Number));
        var hash = TrailChain.Genesis(owner);
        byte[]? atHead = null, atRecorded = null;
        var blanks = new BlankEntryCheck(null, false);
        for (var i = 0; i < _pages.Count; i++)
        {
            var page = _pages[i];
            if (page.Number != i || i > 0 && _pages[i - 1].Entries != TrailStorage.PageSize)
                return Broken(Entries + 1);
            if (page.First is { } first && !TrailChain.IsValid(hash, Entries + 1, first))
                return Broken(Entries + 1);
            if (page.Broken is { } broken)
                return Broken(broken);
            var pageBlanks = blanks.FollowsErasure ? page.AfterErasure : page.Blanks;
            var unexplained = page.Erasure is null ? blanks.FirstUnexplained : null;
            blanks = pageBlanks with { FirstUnexplained = unexplained ?? pageBlanks.FirstUnexplained };
            Erasure = page.Erasure ?? Erasure;
            (Entries, hash) = (Entries + page.Entries, page.Last ?? hash);
            (atHead, atRecorded) = (atHead ?? page.AtHead, atRecorded ?? page.AtRecorded);
        }
        if (Entries > 0)
            LastHash = hash;
        if (head is not null && Entries < head.Count)
            return new(FindingKinds.TrailTruncated, $"{owner}/trail", $"{Entries} of {head.Count} entries");
        if (head is { Count: > 0 } && !head.Hash.AsSpan().SequenceEqual(atHead))
            return Broken(head.Count);
        if (recorded is not null && !recorded.Hash.AsSpan().SequenceEqual(atRecorded))
            return new(
                FindingKinds.TrailRewritten, $"{owner}/trail", $"entry {recorded.Entries} differs from ownership audit {recorded.Run}");
        return blanks.FirstUnexplained is { } blank ? Broken(blank) : null;
    }

    private AuditFinding Broken(long entry) => new(FindingKinds.TrailBroken, $"{owner}/trail/{entry}");

    internal sealed record Page(
        int Number, int Entries, RawChainedEntry? First, byte[]? Last, long? Broken,
        BlankEntryCheck Blanks, BlankEntryCheck AfterErasure, long? Erasure, byte[]? AtHead, byte[]? AtRecorded);
}
