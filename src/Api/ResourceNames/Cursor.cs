using System.Buffers.Text;
using System.Text;
using Replays.Api.Problems;
using Replays.Grains.Patients;

namespace Replays.Api.ResourceNames;

/// <summary>A place in a list as clients keep it: opaque to them.</summary>
internal static class Cursor
{
    private const int MaxLength = 64;

    public static string? Of(LedgerCursor? place) =>
        place is { } p ? Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{p.Number}.{p.Ordinal}")) : null;

    /// <exception cref="ProblemException">It is none that was handed out.</exception>
    public static LedgerCursor? Parse(string? cursor)
    {
        if (cursor is null)
            return null;
        if (cursor.Length is > 0 and <= MaxLength && Base64Url.IsValid(cursor)
            && Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)).Split('.') is [var number, var ordinal]
            && int.TryParse(number, out var n) && int.TryParse(ordinal, out var o) && n >= 0 && o >= 0)
        {
            var place = new LedgerCursor(n, o);
            if (Of(place) == cursor)
                return place;
        }

        throw new ProblemException(Problem.Invalid("after", "This is no cursor of this list."));
    }
}
