using Replays.Grains.Exposure;
using Xunit;

namespace Replays.Api.Tests.Exposure;

public sealed class ByteRangeSetTests
{
    [Fact]
    public void A_set_contains_exactly_the_added_bytes_in_any_order()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var (ranges, bytes) = (ByteRangeSet.None, new bool[100]);
            for (var added = 0; added < 8; added++)
            {
                var from = random.Next(100);
                var to = random.Next(from, 101);
                ranges = ranges.With(new ByteRange(from, to));
                Array.Fill(bytes, true, from, to - from);
            }

            var stored = ByteRangeSet.Parse(ranges.ToString());
            Assert.Equal(ranges, stored);
            Assert.Equal(bytes.Count(isAdded => isAdded), stored.Length);
            Assert.All(Enumerable.Range(0, 100), at => Assert.Equal(bytes[at], stored.Contains(new(at, at + 1))));
            Assert.All(stored.Ranges.Zip(stored.Ranges.Skip(1)), pair => Assert.True(pair.First.To < pair.Second.From));
        }
    }

    [Fact]
    public void A_set_of_scattered_ranges_stays_small_and_contains_at_least_the_added_bytes()
    {
        var ranges = ByteRangeSet.None;
        for (var at = 0; at < 2_000; at++)
            ranges = ranges.With(new ByteRange(at * 10, at * 10 + 1));
        Assert.Equal(256, ranges.Ranges.Length);
        Assert.All(Enumerable.Range(0, 2_000), at => Assert.True(ranges.Contains(new(at * 10, at * 10 + 1))));
    }
}
