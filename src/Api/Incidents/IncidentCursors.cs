using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents;

/// <summary>Encodes positions in the list of incidents as cursors that are opaque to clients.</summary>
internal static class IncidentCursors
{
    private const int MaxLength = 128;

    public static string Encode(IncidentCursor position) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{(position.IsOpen ? 1 : 0)}.{position.DueAt?.ToUnixTimeMilliseconds()}.{position.Id}")));

    /// <exception cref="ProblemException">The cursor was not issued by this service.</exception>
    public static IncidentCursor? Decode(string? cursor)
    {
        if (cursor is null)
            return null;
        if (Cursor.Split(cursor, MaxLength) is ["0" or "1", var due, var id] parts)
        {
            if (due is "")
                return new(parts[0] is "1", null, id);
            if (long.TryParse(due, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                && milliseconds < 253_402_300_800_000) // the year 10000
                return new(parts[0] is "1", DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), id);
        }
        throw Cursor.Invalid();
    }
}
