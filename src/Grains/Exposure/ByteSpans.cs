using System.Collections.Immutable;
using System.Globalization;

namespace Replays.Grains.Exposure;

/// <summary>
/// Which bytes of a recording: spans in order, merged. At most 256: beyond that the narrowest gaps are closed, so that it may say more than
/// there was, never less.
/// </summary>
public sealed record ByteSpans
{
    private const int MaxSpans = 256;

    private readonly ImmutableArray<ByteSpan> _spans;

    private ByteSpans(ImmutableArray<ByteSpan> spans) => _spans = spans;

    public static ByteSpans None { get; } = new([]);

    public ImmutableArray<ByteSpan> Spans => _spans;

    /// <summary>Bytes in all.</summary>
    public long Length => _spans.Sum(span => span.To - span.From);

    public bool Contains(ByteSpan wanted) => wanted.To <= wanted.From || _spans.Any(span => span.From <= wanted.From && wanted.To <= span.To);

    public ByteSpans With(ByteSpan added) => added.To <= added.From || Contains(added) ? this : Merge([.. _spans, added]);

    public ByteSpans With(ByteSpans others) => others._spans.All(Contains) ? this : Merge([.. _spans, .. others._spans]);

    public bool Equals(ByteSpans? other) => other is not null && _spans.SequenceEqual(other._spans);

    public override int GetHashCode() => _spans.Length;

    /// <summary>As stored: <c>0-1000 2000-3000</c>, each end exclusive.</summary>
    public override string ToString() => string.Join(' ', _spans.Select(span => string.Create(CultureInfo.InvariantCulture, $"{span.From}-{span.To}")));

    /// <exception cref="FormatException">It was not stored by <see cref="ToString"/>.</exception>
    public static ByteSpans Parse(string text) => new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        part.Split('-') is [var from, var to]
            ? new ByteSpan(long.Parse(from, CultureInfo.InvariantCulture), long.Parse(to, CultureInfo.InvariantCulture))
            : throw new FormatException("Not byte spans."))]);

    private static ByteSpans Merge(IEnumerable<ByteSpan> spans)
    {
        var merged = new List<ByteSpan>();
        foreach (var span in spans.OrderBy(span => span.From))
        {
            if (merged is [.., var last] && span.From <= last.To)
                merged[^1] = new(last.From, Math.Max(last.To, span.To));
            else
                merged.Add(span);
        }
        while (merged.Count > MaxSpans)
        {
            var narrowest = Enumerable.Range(1, merged.Count - 1).MinBy(i => merged[i].From - merged[i - 1].To);
            merged[narrowest - 1] = new(merged[narrowest - 1].From, merged[narrowest].To);
            merged.RemoveAt(narrowest);
        }
        return new([.. merged]);
    }
}

/// <summary>Bytes from one offset to another, which is not among them.</summary>
public readonly record struct ByteSpan(long From, long To);
