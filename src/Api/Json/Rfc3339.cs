using System.Globalization;

namespace Replays.Api.Json;

/// <summary>Times in RFC 3339 format. An offset is required on input; output is UTC.</summary>
public static class Rfc3339
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        // TryParseExact alone would assume the server's offset where none is given.
        return text is { Length: >= 20 and <= 40 } && (text.EndsWith('Z') || text[^6] is '+' or '-' && text[^3] == ':')
            && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
