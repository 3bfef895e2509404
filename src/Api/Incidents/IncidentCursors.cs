using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Replays.Api.Problems;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents;

/// <summary>A place in the list of incidents as clients keep it: opaque to them.</summary>
internal static class IncidentCursors
{
    private const int MaxLength = 128;

    public static string Of(IncidentCursor place) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{(place.IsOpen ? 1 : 0)}.{place.DueAt?.ToUnixTimeMilliseconds()}.{place.Id}")));

    /// <exception cref="ProblemException">It is none that was handed out.</exception>
    public static IncidentCursor? Parse(string? cursor)
    {
        if (cursor is null)
            return null;
        if (cursor.Length is > 0 and <= MaxLength && Base64Url.IsValid(cursor)
            && Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)).Split('.') is ["0" or "1", var due, var id] parts
            && (due is "" || long.TryParse(due, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            var at = long.TryParse(due, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds : (long?)null;
            if (at is null or < 253_402_300_800_000) // the year 10000
                return new(parts[0] is "1", at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null, id);
        }

        throw new ProblemException(Problem.Invalid("after", "This is no cursor of this list."));
    }
}
