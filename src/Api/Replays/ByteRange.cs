using Microsoft.Net.Http.Headers;
using HeaderNames = Microsoft.Net.Http.Headers.HeaderNames;

namespace Replays.Api.Replays;

/// <summary>Which bytes of a representation are asked for (RFC 9110, 14).</summary>
/// <param name="From">First byte.</param>
/// <param name="Length">Number of bytes.</param>
/// <param name="IsPart">Whether it is answered as a part (206).</param>
internal readonly record struct ByteRange(long From, long Length, bool IsPart)
{
    /// <returns>Null: it lies outside. Several ranges, other units and malformed ones are ignored, as a server may: the whole is served.</returns>
    public static ByteRange? Of(HttpRequest request, long size, EntityTagHeaderValue tag)
    {
        var whole = new ByteRange(0, size, false);
        if (!HttpMethods.IsGet(request.Method)
            || !RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header)
            || header is not { Ranges.Count: 1 } || !header.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            || !IsCurrent(request, tag))
        {
            return whole;
        }

        var range = header.Ranges.Single();
        var (from, to) = range.From is { } first
            ? (first, Math.Min(range.To ?? long.MaxValue, size - 1))
            : (Math.Max(size - range.To!.Value, 0), size - 1);
        return from < size && from <= to ? new ByteRange(from, to - from + 1, true) : null;
    }

    /// <summary>A part of what the client has, or else the whole of what there is now.</summary>
    private static bool IsCurrent(HttpRequest request, EntityTagHeaderValue tag) =>
        request.Headers[HeaderNames.IfRange].ToString() is not { Length: > 0 } condition
        || EntityTagHeaderValue.TryParse(condition, out var wanted) && wanted.Compare(tag, useStrongComparison: true);
}
