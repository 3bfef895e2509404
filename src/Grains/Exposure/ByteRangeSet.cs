using System.Globalization;

namespace Replays.Grains.Exposure;

/// <summary>
/// Bytes of a recording as ordered, merged ranges, at most 256. Beyond that the narrowest gaps are closed: the set may then contain more
/// than was added, never less.
/// </summary>
public sealed record ByteRangeSet
{
    private const int MaxRanges = 256;

    private ByteRangeSet(ImmutableArray<ByteRange> ranges) => Ranges = ranges;

    public static ByteRangeSet None { get; } = new([]);
    public ImmutableArray<ByteRange> Ranges { get; }

    /// <summary>Total number of bytes.</summary>
    public long Length => Ranges.Sum(range => range.To - range.From);

    public bool Contains(ByteRange part) => part.To <= part.From || Ranges.Any(range => range.From <= part.From && part.To <= range.To);

    public ByteRangeSet With(ByteRange added) => added.To <= added.From || Contains(added) ? this : Merge([.. Ranges, added]);

    public ByteRangeSet With(ByteRangeSet other) => other.Ranges.All(Contains) ? this : Merge([.. Ranges, .. other.Ranges]);

    public bool Equals(ByteRangeSet? other) => other is not null && Ranges.SequenceEqual(other.Ranges);

    public override int GetHashCode() => Ranges.Length;

    /// <summary>The stored format: <c>0-1000 2000-3000</c>, ends exclusive.</summary>
    public override string ToString() =>
        string.Join(' ', Ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.From}-{range.To}")));

    /// <exception cref="FormatException">Not in the stored format.</exception>
    public static ByteRangeSet Parse(string text) => new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        part.Split('-') is [var from, var to]
            ? new ByteRange(long.Parse(from, CultureInfo.InvariantCulture), long.Parse(to, CultureInfo.InvariantCulture))
            : throw new FormatException("Not byte ranges."))]);

    private static ByteRangeSet Merge(IEnumerable<ByteRange> ranges)
    {
        var merged = new List<ByteRange>();
        foreach (var range in ranges.OrderBy(range => range.From))
        {
            if (merged is [.., var last] && range.From <= last.To)
                merged[^1] = new(last.From, Math.Max(last.To, range.To));
            else
                merged.Add(range);
        }
        while (merged.Count > MaxRanges)
        {
            var narrowest = Enumerable.Range(1, merged.Count - 1).MinBy(i => merged[i].From - merged[i - 1].To);
            merged[narrowest - 1] = new(merged[narrowest - 1].From, merged[narrowest].To);
            merged.RemoveAt(narrowest);
        }
        return new([.. merged]);
    }
}
