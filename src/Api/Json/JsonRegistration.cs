using System.Text.Json.Serialization;

namespace Replays.Api.Json;

public static class JsonRegistration
{
    /// <summary>Names and types must match exactly; duplicate members and unexpected nulls are rejected, unknown members ignored.</summary>
    public static void AddStrictJson(this WebApplicationBuilder builder) => builder.Services.ConfigureHttpJsonOptions(options =>
    {
        var json = options.SerializerOptions;
        json.PropertyNameCaseInsensitive = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.AllowDuplicateProperties = false;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.MaxDepth = 16;
        json.Converters.Add(new KebabCaseEnumConverterFactory());
        json.Converters.Add(new Rfc3339Converter());
    });
}
