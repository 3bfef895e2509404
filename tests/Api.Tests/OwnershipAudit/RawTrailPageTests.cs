using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Replays.Grains.AuditTrail;
using Replays.Grains.Patients;
using Replays.Silo.OwnershipAudit;
using Xunit;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>What is read out of a stored page without the serializer is what the serializer reads.</summary>
public sealed class RawTrailPageTests
{
    private readonly Serializer<TrailPage> _serializer = new ServiceCollection().AddSerializer(s => s.AddAssembly(typeof(LedgerPage).Assembly))
        .BuildServiceProvider().GetRequiredService<Serializer<TrailPage>>();

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 64, 200)]
    [InlineData(100_000, 64, 40_000)]
    public void A_stored_page_is_read_as_the_serializer_reads_it(int number, int entries, int contentBytes)
    {
        var page = Page(number, entries, contentBytes);
        var links = new List<RawChainedEntry>();
        Assert.True(new RawTrailPage(_serializer.SerializeToArray(page)).TryRead(out var owner, out var own, links));
        Assert.Equal((page.Owner, page.Number, page.Entries.Length), (owner, own, links.Count));
        foreach (var (link, raw) in page.Entries.Zip(links))
        {
            Assert.Equal((link.Id, link.RecordedAt), (raw.Id, raw.RecordedAt));
            Assert.Equal([link.Commitment, link.Hash, link.Salt!, link.Content!],
                [raw.Commitment.ToArray(), raw.Hash.ToArray(), raw.Salt!.Value.ToArray(), raw.Content!.Value.ToArray()]);
        }
    }

    [Fact]
    public void Whatever_is_changed_in_a_page_is_left_to_the_serializer_or_is_no_longer_what_it_was()
    {
        var payload = _serializer.SerializeToArray(Page(1, 3, 50));
        Assert.True(new RawTrailPage(payload).TryRead(out _, out _, []));
        for (var at = 0; at < payload.Length; at++)
        {
            Assert.False(new RawTrailPage(payload[..at]).TryRead(out _, out _, []));
            var changed = payload.ToArray();
            changed[at] ^= 0x21;
            var links = new List<RawChainedEntry>();
            if (new RawTrailPage(changed).TryRead(out var owner, out var number, links))
                Assert.Equal(_serializer.Deserialize(changed)!.Entries.Select(link => Convert.ToHexString(link.Hash)), links.Select(link => Convert.ToHexString(link.Hash.Span)));
        }
    }

    [Fact]
    public void A_page_with_erased_entries_is_left_to_the_serializer()
    {
        var page = Page(0, 3, 50);
        page = page with { Entries = page.Entries.SetItem(1, page.Entries[1] with { Salt = null, Content = null }) };
        Assert.False(new RawTrailPage(_serializer.SerializeToArray(page)).TryRead(out _, out _, []));
    }

    private static TrailPage Page(int number, int entries, int contentBytes)
    {
        var (hash, links) = (TrailChain.Genesis("patients/p-1"), new List<ChainedEntry>());
        for (var i = 0; i < entries; i++)
        {
            links.Add(TrailChain.CreateEntry(hash, i + 1, Guid.NewGuid(), 1_780_000_000_000 + i, [.. Enumerable.Range(0, contentBytes).Select(n => (byte)n)]));
            hash = links[^1].Hash;
        }
        return new() { Owner = "patients/p-1", Number = number, Entries = [.. links] };
    }
}
