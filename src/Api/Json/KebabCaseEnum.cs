using System.Collections.Frozen;
using System.Text.Json;

namespace Replays.Api.Json;

/// <summary>How an enum's values are spelt on the wire: lower case with hyphens (<c>in-progress</c>), exactly; neither numbers nor other cases.</summary>
public static class KebabCaseEnum<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Names = Enum.GetValues<T>()
        .ToFrozenDictionary(value => value, value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));

    private static readonly FrozenDictionary<string, T> Values = Names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    public static IEnumerable<string> All => Enum.GetValues<T>().Select(Format);

    public static string Format(T value) => Names[value];

    public static bool TryParse(string? word, out T value)
    {
        value = default;
        return word is not null && Values.TryGetValue(word, out value);
    }
}
