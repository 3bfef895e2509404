using System.Collections.Frozen;
using System.Text.Json;

namespace Replays.Api.Json;

/// <summary>Reads and writes enum values in kebab case (<c>in-progress</c>), case-sensitively and never as numbers.</summary>
public static class KebabCaseEnum<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Names = Enum.GetValues<T>()
        .ToFrozenDictionary(value => value, value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));

    private static readonly FrozenDictionary<string, T> Values = Names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>All names, in the order of the values.</summary>
    public static IEnumerable<string> All => Enum.GetValues<T>().Select(Format);

    public static string Format(T value) => Names[value];

    public static bool TryParse(string? name, out T value)
    {
        value = default;
        return name is not null && Values.TryGetValue(name, out value);
    }
}
