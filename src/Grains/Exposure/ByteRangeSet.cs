using System.Collections.Immutable;
using System.Globalization;

namespace Replays.Grains.Exposure;

/// <summary>
/// Which bytes of a recording: spans in order, merged. At most 256: beyond that the narrowest gaps are closed, so that it may say more than
/// there was, never less.
/// </summary>
public sealed record ByteRangeSet
{
    private const int MaxRanges = 256;

    private readonly ImmutableArray<ByteRange> _ranges;

    private ByteRangeSet(ImmutableArray<ByteRange> spans) => _ranges = spans;

    public static ByteRangeSet None { get; } = new([]);

    public ImmutableArray<ByteRange> Ranges => _ranges;

    /// <summary>Bytes in all.</summary>
    public long Length => _ranges.Sum(span => span.To - span.From);

    public bool Contains(ByteRange wanted) => wanted.To <= wanted.From || _ranges.Any(span => span.From <= wanted.From && wanted.To <= span.To);

    public ByteRangeSet With(ByteRange added) => added.To <= added.From || Contains(added) ? this : Merge([.. _ranges, added]);

    public ByteRangeSet With(ByteRangeSet others) => others._ranges.All(Contains) ? this : Merge([.. _ranges, .. others._ranges]);

    public bool Equals(ByteRangeSet? other) => other is not null && _ranges.SequenceEqual(other._ranges);

    public override int GetHashCode() => _ranges.Length;

    /// <summary>As stored: <c>0-1000 2000-3000</c>, each end exclusive.</summary>
    public override string ToString() => string.Join(' ', _ranges.Select(span => string.Create(CultureInfo.InvariantCulture, $"{span.From}-{span.To}")));

    /// <exception cref="FormatException">It was not stored by <see cref="ToString"/>.</exception>
    public static ByteRangeSet Parse(string text) => new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        part.Split('-') is [var from, var to]
            ? new ByteRange(long.Parse(from, CultureInfo.InvariantCulture), long.Parse(to, CultureInfo.InvariantCulture))
            : throw new FormatException("Not byte spans."))]);

    private static ByteRangeSet Merge(IEnumerable<ByteRange> spans)
    {
        var merged = new List<ByteRange>();
        foreach (var span in spans.OrderBy(span => span.From))
        {
            if (merged is [.., var last] && span.From <= last.To)
                merged[^1] = new(last.From, Math.Max(last.To, span.To));
            else
                merged.Add(span);
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

/// <summary>Bytes from one offset to another, which is not among them.</summary>
public readonly record struct ByteRange(long From, long To);
