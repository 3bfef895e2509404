using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// Verifies one trail from its pages in whatever order they come: page 10 is stored before page 2. What is kept of a page until the end is its
/// first entry, which hangs on the page before, and its last hash.
/// </summary>
internal sealed class TrailAudit(string owner, TrailHead? head, RecordedHead? former)
{
    private readonly List<Page> _pages = [];

    public long Entries { get; private set; }

    /// <summary>The last entry that says that the patient was erased.</summary>
    public long? Erasure { get; private set; }

    /// <summary>How it ends; null without entries.</summary>
    public byte[]? LastHash { get; private set; }

    /// <summary>Verifies a page in itself. By several threads at once.</summary>
    public Page Verify(List<RawChainedEntry> links, int number)
    {
        var before = (long)number * TrailStorage.PageSize;
        long? broken = links.Count > TrailStorage.PageSize ? before + TrailStorage.PageSize + 1 : null;
        for (var i = 1; i < links.Count && broken is null; i++)
        {
            if (!TrailChain.IsValid(links[i - 1].Hash.Span, before + i + 1, links[i]))
                broken = before + i + 1;
        }
        var (silence, afterErasure, erasure) = (new BlankEntryCheck(null, false), new BlankEntryCheck(null, true), (long?)null);
        for (var i = 0; i < links.Count; i++)
        {
            (silence, afterErasure) = (silence.Next(before + i + 1, links[i]), afterErasure.Next(before + i + 1, links[i]));
            if (links[i].Content is not null && silence is { FollowsErasure: true })
                erasure = before + i + 1;
        }
        return new(number, links.Count, links is [var first, ..] ? first.Copy() : null, HashAt(before + links.Count), broken, silence, afterErasure, erasure,
            HashAt(head?.Count), HashAt(former?.Entries));

        byte[]? HashAt(long? entry) =>
            entry > before && entry <= before + links.Count ? links[(int)(entry.Value - before - 1)].Hash.ToArray() : null;
    }

    public void Add(Page page) => _pages.Add(page);

    /// <summary>What is wrong with the whole trail: one finding at most, for what follows from a broken entry is not another fault.</summary>
    public AuditFinding? Finish()
    {
        _pages.Sort((one, other) => one.Number.CompareTo(other.Number));
        var hash = TrailChain.Genesis(owner);
        byte[]? atHead = null, atFormer = null;
        var silence = new BlankEntryCheck(null, false);
        for (var i = 0; i < _pages.Count; i++)
        {
            var page = _pages[i];
            if (page.Number != i || i > 0 && _pages[i - 1].Links != TrailStorage.PageSize)
                return Broken(Entries + 1);
            if (page.First is { } first && !TrailChain.IsValid(hash, Entries + 1, first))
                return Broken(Entries + 1);
            if (page.Broken is { } broken)
                return Broken(broken);
            var own = silence.FollowsErasure ? page.AfterErasure : page.Silence;
            silence = own with { FirstUnexplained = page.Erasure is null ? silence.FirstUnexplained ?? own.FirstUnexplained : own.FirstUnexplained };
            Erasure = page.Erasure ?? Erasure;
            (Entries, hash) = (Entries + page.Links, page.Last ?? hash);
            (atHead, atFormer) = (atHead ?? page.AtHead, atFormer ?? page.AtFormer);
        }
        if (Entries > 0)
            LastHash = hash;
        if (head is not null && Entries < head.Count)
            return new(FindingKinds.TrailTruncated, $"{owner}/trail", $"{Entries} of {head.Count} entries");
        if (head is { Count: > 0 } && !head.Hash.AsSpan().SequenceEqual(atHead))
            return Broken(head.Count);
        if (former is not null && !former.Hash.AsSpan().SequenceEqual(atFormer))
            return new(FindingKinds.TrailRewritten, $"{owner}/trail", $"entry {former.Entries} is not the one that audit {former.Run} saw");
        return silence.FirstUnexplained is { } blank ? Broken(blank) : null;
    }

    private AuditFinding Broken(long entry) => new(FindingKinds.TrailBroken, $"{owner}/trail/{entry}");

    internal sealed record Page(
        int Number, int Links, RawChainedEntry? First, byte[]? Last, long? Broken, BlankEntryCheck Silence, BlankEntryCheck AfterErasure, long? Erasure,
        byte[]? AtHead, byte[]? AtFormer);
}
