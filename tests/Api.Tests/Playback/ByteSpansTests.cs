using Replays.Grains.Exposure;
using Xunit;

namespace Replays.Api.Tests.Playback;

public sealed class ByteSpansTests
{
    [Fact]
    public void Spans_say_exactly_which_bytes_however_they_were_added()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var (spans, bytes) = (ByteRangeSet.None, new bool[100]);
            for (var added = 0; added < 8; added++)
            {
                var from = random.Next(100);
                var to = random.Next(from, 101);
                spans = spans.With(new ByteRange(from, to));
                Array.Fill(bytes, true, from, to - from);
            }

            var stored = ByteRangeSet.Parse(spans.ToString());
            Assert.Equal(spans, stored);
            Assert.Equal(bytes.Count(served => served), stored.Length);
            Assert.All(Enumerable.Range(0, 100), at => Assert.Equal(bytes[at], stored.Contains(new(at, at + 1))));
            Assert.All(stored.Ranges.Zip(stored.Ranges.Skip(1)), pair => Assert.True(pair.First.To < pair.Second.From));
        }
    }

    [Fact]
    public void However_scattered_the_requests_the_record_stays_small_and_says_no_less_than_was_served()
    {
        var spans = ByteRangeSet.None;
        for (var at = 0; at < 2_000; at++)
            spans = spans.With(new ByteRange(at * 10, at * 10 + 1));
        Assert.Equal(256, spans.Ranges.Length);
        Assert.All(Enumerable.Range(0, 2_000), at => Assert.True(spans.Contains(new(at * 10, at * 10 + 1))));
    }
}
