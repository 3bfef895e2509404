using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Replays.Api.Json;
using Replays.Api.Problems;

namespace Replays.Api.OpenApi;

/// <summary>Enums are words and times are strings: converters of our own write them, of which the framework knows nothing.</summary>
internal sealed class EnumSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. NamesOf(type).Select(word => (JsonNode)word)];
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String;
        }
        else if (type == typeof(Problem.Body))
        {
            // What is null is not written.
            schema.Required!.ExceptWith(["detail", "errors", "open"]);
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<string> NamesOf(Type type) =>
        (IEnumerable<string>)typeof(KebabCaseEnum<>).MakeGenericType(type).GetProperty(nameof(KebabCaseEnum<DayOfWeek>.All))!.GetValue(null)!;
}
