using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replays.Api.Json;

/// <summary>Converts enums with <see cref="KebabCaseEnum{T}"/>; the framework's converter ignores case when it reads.</summary>
internal sealed class KebabCaseEnumConverter<T> : JsonConverter<T> where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && KebabCaseEnum<T>.TryParse(reader.GetString(), out var value)
            ? value
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(KebabCaseEnum<T>.Format(value));
}

internal sealed class KebabCaseEnumConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(KebabCaseEnumConverter<>).MakeGenericType(typeToConvert))!;
}
