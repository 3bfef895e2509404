using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Replays.Grains.Patients;

namespace Replays.Api.Binding;

/// <summary>Encodes positions in ledgers and audit trails as cursors that are opaque to clients.</summary>
internal static class Cursor
{
    private const int MaxLength = 64;

    public static string? Encode(LedgerCursor? position) =>
        position is { } p ? Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{p.Number}.{p.Ordinal}")) : null;

    /// <exception cref="ProblemException">The cursor was not issued by this service.</exception>
    public static LedgerCursor? Decode(string? cursor)
    {
        if (cursor is null)
            return null;
        if (Split(cursor, MaxLength) is [var number, var ordinal] && int.TryParse(number, out var n) && int.TryParse(ordinal, out var o)
            && n >= 0 && o >= 0 && new LedgerCursor(n, o) is var position && Encode(position) == cursor)
            return position;
        throw Invalid();
    }

    /// <exception cref="ProblemException">The cursor was not issued by this service.</exception>
    public static string[] Split(string cursor, int maxLength) =>
        cursor.Length > 0 && cursor.Length <= maxLength && Base64Url.IsValid(cursor)
            ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)).Split('.')
            : throw Invalid();

    public static string? EncodeTrail(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <exception cref="ProblemException">The cursor was not issued by this service.</exception>
    public static long? DecodeTrail(string? cursor) => cursor is null ? null
        : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw Invalid();

    public static ProblemException Invalid() => new(Problem.Invalid("after", "This is not a cursor of this list."));
}
