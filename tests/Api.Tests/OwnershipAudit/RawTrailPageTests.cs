using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Replays.Grains.AuditTrail;
using Replays.Grains.Patients;
using Replays.Silo.OwnershipAudit;
using Xunit;

namespace Replays.Api.Tests.OwnershipAudit;

public sealed class RawTrailPageTests
{
    private readonly Serializer<TrailPage> _serializer = new ServiceCollection()
        .AddSerializer(s => s.AddAssembly(typeof(LedgerPage).Assembly)).BuildServiceProvider()
        .GetRequiredService<Serializer<TrailPage>>();

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 64, 200)]
    [InlineData(100_000, 64, 40_000)]
    public void A_raw_page_reads_the_same_as_with_the_serializer(int number, int entries, int contentBytes)
    {
        var page = Page(number, entries, contentBytes);
        var raw = new List<RawChainedEntry>();
        Assert.True(new RawTrailPage(_serializer.SerializeToArray(page)).TryRead(out var owner, out var pageNumber, raw));
        Assert.Equal((page.Owner, page.Number, page.Entries.Length), (owner, pageNumber, raw.Count));
        foreach (var (expected, actual) in page.Entries.Zip(raw))
        {
            Assert.Equal((expected.Id, expected.RecordedAt), (actual.Id, actual.RecordedAt));
            Assert.Equal([expected.Commitment, expected.Hash, expected.Salt!, expected.Content!],
                [actual.Commitment.ToArray(), actual.Hash.ToArray(), actual.Salt!.Value.ToArray(), actual.Content!.Value.ToArray()]);
        }
    }

    [Fact]
    public void A_corrupted_raw_page_is_unreadable_or_reads_as_with_the_serializer()
    {
        var payload = _serializer.SerializeToArray(Page(1, 3, 50));
        Assert.True(new RawTrailPage(payload).TryRead(out _, out _, []));
        for (var at = 0; at < payload.Length; at++)
        {
            Assert.False(new RawTrailPage(payload[..at]).TryRead(out _, out _, []));
            var corrupted = payload.ToArray();
            corrupted[at] ^= 0x21;
            var raw = new List<RawChainedEntry>();
            if (!new RawTrailPage(corrupted).TryRead(out _, out _, raw))
                continue;
            Assert.Equal(
                _serializer.Deserialize(corrupted)!.Entries.Select(entry => Convert.ToHexString(entry.Hash)),
                raw.Select(entry => Convert.ToHexString(entry.Hash.Span)));
        }
    }

    [Fact]
    public void A_raw_page_with_erased_entries_is_unreadable()
    {
        var page = Page(0, 3, 50);
        page = page with { Entries = page.Entries.SetItem(1, page.Entries[1] with { Salt = null, Content = null }) };
        Assert.False(new RawTrailPage(_serializer.SerializeToArray(page)).TryRead(out _, out _, []));
    }

    private static TrailPage Page(int number, int entries, int contentBytes)
    {
        var (hash, chain) = (TrailChain.Genesis("patients/p-1"), new List<ChainedEntry>());
        for (var i = 0; i < entries; i++)
        {
            // A new array per entry: the serializer would write a shared one as a reference.
            byte[] content = [.. Enumerable.Range(0, contentBytes).Select(n => (byte)n)];
            chain.Add(TrailChain.CreateEntry(hash, i + 1, Guid.NewGuid(), 1_780_000_000_000 + i, content));
            hash = chain[^1].Hash;
        }
        return new() { Owner = "patients/p-1", Number = number, Entries = [.. chain] };
    }
}
