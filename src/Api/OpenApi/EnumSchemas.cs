using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Replays.Api.Json;

namespace Replays.Api.OpenApi;

/// <summary>Describes types with custom JSON converters, which the framework cannot inspect.</summary>
internal sealed class EnumSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.IsEnum || type == typeof(DateTimeOffset))
            schema.Type = JsonSchemaType.String;
        if (type.IsEnum)
            schema.Enum = [.. NamesOf(type).Select(name => (JsonNode)name)];
        if (type == typeof(Problem.Body))
            schema.Required!.ExceptWith(["detail", "errors", "open"]); // null members are omitted from the response
        return Task.CompletedTask;
    }

    private static IEnumerable<string> NamesOf(Type type) => (IEnumerable<string>)typeof(KebabCaseEnum<>).MakeGenericType(type)
        .GetProperty(nameof(KebabCaseEnum<DayOfWeek>.All))!.GetValue(null)!;
}
