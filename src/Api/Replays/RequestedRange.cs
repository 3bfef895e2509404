using Microsoft.Net.Http.Headers;
using HeaderNames = Microsoft.Net.Http.Headers.HeaderNames;

namespace Replays.Api.Replays;

/// <summary>The byte range that a request asks for (RFC 9110, section 14).</summary>
/// <param name="IsPartial">Whether the response is 206 rather than 200.</param>
internal readonly record struct RequestedRange(long From, long Length, bool IsPartial)
{
    /// <returns>Null if it cannot be satisfied. Several ranges, other units and malformed headers are ignored, as the RFC allows.</returns>
    public static RequestedRange? Of(HttpRequest request, long size, EntityTagHeaderValue tag)
    {
        var whole = new RequestedRange(0, size, false);
        if (!HttpMethods.IsGet(request.Method)
            || !RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header)
            || header is not { Ranges.Count: 1 } || !header.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            || !MatchesIfRange(request, tag))
        {
            return whole;
        }

        var range = header.Ranges.Single();
        var (from, to) = range.From is { } first
            ? (first, Math.Min(range.To ?? long.MaxValue, size - 1))
            : (Math.Max(size - range.To!.Value, 0), size - 1);
        return from < size && from <= to ? new RequestedRange(from, to - from + 1, true) : null;
    }

    private static bool MatchesIfRange(HttpRequest request, EntityTagHeaderValue tag) =>
        request.Headers[HeaderNames.IfRange].ToString() is not { Length: > 0 } condition
        || EntityTagHeaderValue.TryParse(condition, out var expected) && expected.Compare(tag, useStrongComparison: true);
}
