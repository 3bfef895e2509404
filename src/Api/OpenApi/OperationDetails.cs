using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Replays.Api.Incidents;
using Replays.Api.Replays;

namespace Replays.Api.OpenApi;

/// <summary>Adds what the framework cannot infer: required roles, path parameters, headers and problems.</summary>
internal sealed partial class OperationDetails : IOpenApiOperationTransformer
{
    /// <summary>Path parameters that custom types bind.</summary>
    private static readonly Dictionary<string, OpenApiSchema> PathParameters = new()
    {
        ["patient"] = new()
        {
            Type = JsonSchemaType.String,
            MaxLength = 128,
            Pattern = "^[A-Za-z0-9_-][A-Za-z0-9._~|:@-]*$",
            Description = "The patient's id at the app's identity provider. Case-sensitive.",
        },
        ["number"] = Text("^[1-9][0-9]*$", "The number of the consultation, from 1."),
        ["ordinal"] = Text("^[1-9][0-9]*$", "The position of the recording within its consultation, from 1."),
        ["id"] = Text("^[1-9][0-9]*-[1-9][0-9]*$", "The id of the replay: `{number}-{ordinal}`."),
    };

    private static readonly OpenApiSchema IncidentId = Text(IncidentPath.Pattern, "The id of the incident.");

    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var endpoint = context.Description.ActionDescriptor.EndpointMetadata;
        var parameters = endpoint.OfType<MethodInfo>().LastOrDefault()?.GetParameters() ?? [];
        AddPathParameters(operation, context.Description.RelativePath ?? "");
        if (parameters.Any(parameter => parameter.ParameterType == typeof(IdempotentRequest)))
        {
            AddHeader(operation, IdempotentRequest.Header, IdempotentRequest.MaxLength,
                "Makes the request safe to repeat for 24 hours: the same key and body return the same result.");
        }

        if (parameters.Any(parameter => parameter.ParameterType == typeof(Viewer)))
        {
            AddHeader(operation, Viewer.Header, Viewer.MaxLength,
                "Why a privacy officer needs access. It is recorded in the patient's audit trail. Not required of clinicians.");
        }

        var kinds = endpoint.OfType<ProducedProblems>().SelectMany(problems => problems.Kinds).ToList();
        if (operation.RequestBody is not null || operation.Parameters is { Count: > 0 })
            kinds.Add(ProblemKind.Validation);
        if (operation.RequestBody is not null)
            kinds.AddRange([ProblemKind.UnsupportedMediaType, ProblemKind.TooLarge]);
        if (EndpointAccess.RolesOf(endpoint) is { Length: > 0 } roles)
        {
            kinds.AddRange([ProblemKind.Unauthenticated, ProblemKind.Forbidden, ProblemKind.Unavailable]);
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(ContractDocument.Bearer, context.Document)] = [] }];
            operation.Description = $"Requires one of these roles: {string.Join(", ", roles)}.";
        }

        await AddProblems(operation, kinds, context, cancellationToken);
    }

    private static OpenApiSchema Text(string pattern, string description) =>
        new() { Type = JsonSchemaType.String, Pattern = pattern, Description = description };

    private static void AddPathParameters(OpenApiOperation operation, string path)
    {
        operation.Parameters ??= [];
        foreach (Match match in Placeholder().Matches(path))
        {
            var name = match.Groups[1].Value;
            if (operation.Parameters.Any(parameter => parameter.Name == name))
                continue;
            var schema = path.StartsWith("v1/incidents/", StringComparison.Ordinal) ? IncidentId : PathParameters.GetValueOrDefault(name);
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Path,
                Required = true,
                Schema = schema ?? new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
    }

    private static void AddHeader(OpenApiOperation operation, string name, int maxLength, string description) =>
        operation.Parameters!.Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = maxLength },
        });

    private static async Task AddProblems(
        OpenApiOperation operation, IEnumerable<ProblemKind> kinds, OpenApiOperationTransformerContext context,
        CancellationToken cancellation)
    {
        var document = context.Document!;
        document.AddComponent(ContractDocument.Problem, await context.GetOrCreateSchemaAsync(typeof(Problem.Body), null, cancellation));
        operation.Responses ??= [];
        foreach (var problems in kinds.Distinct().GroupBy(kind => kind.Status).OrderBy(problems => problems.Key))
        {
            operation.Responses[problems.Key.ToString()] = new OpenApiResponse
            {
                Description = string.Join(" ", problems.Select(kind => $"`{kind.Code}`: {kind.Title}")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Problem.ContentType] = new() { Schema = new OpenApiSchemaReference(ContractDocument.Problem, document) },
                },
            };
        }
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
