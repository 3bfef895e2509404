using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replays.Api.Incidents;

/// <summary>Some of a patient's own replays, or all of them.</summary>
/// <param name="Ids">Null for all.</param>
[JsonConverter(typeof(Converter))]
public sealed record ReplaySelection(IReadOnlyList<string>? Ids)
{
    internal const int MaxIds = 1_000;

    private const string All = "all";

    internal sealed class Converter : JsonConverter<ReplaySelection>
    {
        public override ReplaySelection Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is JsonTokenType.String && reader.ValueTextEquals(All))
                return new((IReadOnlyList<string>?)null);
            var ids = new List<string>();
            if (reader.TokenType is not JsonTokenType.StartArray)
                throw new JsonException();
            while (reader.Read() && reader.TokenType is JsonTokenType.String && ids.Count < MaxIds)
                ids.Add(reader.GetString()!);
            return reader.TokenType is JsonTokenType.EndArray && ids.Count > 0 ? new(ids) : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, ReplaySelection value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}
