using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replays.Grains.Identity;

/// <summary>Writes full names; a patient as the bare id.</summary>
internal sealed class ResourceNameJsonConverter<T> : JsonConverter<T> where T : struct, IResourceName<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && T.TryParse(reader.GetString(), null, out var id) ? id : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
