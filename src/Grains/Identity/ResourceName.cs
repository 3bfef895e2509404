using System.Globalization;

namespace Replays.Grains.Identity;

/// <summary>Parses names; the only place that does.</summary>
public static class ResourceName
{
    /// <summary>Parses a decimal number from 1, without sign or leading zero, so that every number has one spelling.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        return text.Length > 0 && text[0] is >= '1' and <= '9'
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    internal static bool TrySplit(string? name, out string? patient, out int? number, out int? ordinal)
    {
        (patient, number, ordinal) = (null, null, null);
        var parts = name?.Split('/');
        if (parts is not { Length: 2 or 4 or 6 } || parts[0] != "patients")
            return false;
        patient = parts[1];
        return (parts.Length < 4 || TryParsePart(parts, 2, "consultations", ref number))
            && (parts.Length < 6 || TryParsePart(parts, 4, "recordings", ref ordinal));
    }

    private static bool TryParsePart(string[] parts, int at, string collection, ref int? value)
    {
        if (parts[at] != collection || !TryParseNumber(parts[at + 1], out var number))
            return false;
        value = number;
        return true;
    }
}
