using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Replays.Api.Consultations;
using Replays.Api.Incidents;
using Replays.Api.Problems;
using Replays.Api.Replays;
using Replays.Api.Security;

namespace Replays.Api.OpenApi;

/// <summary>What the framework cannot know of an operation: who may call it, its path, its headers, and the problems it may answer.</summary>
internal sealed partial class OperationDetails : IOpenApiOperationTransformer
{
    /// <summary>Names in paths, read by types of our own.</summary>
    private static readonly Dictionary<string, OpenApiSchema> Names = new()
    {
        ["patient"] = new()
        {
            Type = JsonSchemaType.String,
            MaxLength = 128,
            Pattern = "^[A-Za-z0-9_-][A-Za-z0-9._~|:@-]*$",
            Description = "What the app's identity provider calls the person; case-sensitive.",
        },
        ["number"] = new() { Type = JsonSchemaType.String, Pattern = "^[1-9][0-9]*$", Description = "The consultation's number, from 1." },
        ["ordinal"] = new() { Type = JsonSchemaType.String, Pattern = "^[1-9][0-9]*$", Description = "The recording's place in its consultation, from 1." },
        ["id"] = new() { Type = JsonSchemaType.String, Pattern = "^[1-9][0-9]*-[1-9][0-9]*$", Description = "The replay: `{number}-{ordinal}`." },
    };

    private static readonly OpenApiSchema Incident =
        new() { Type = JsonSchemaType.String, Pattern = IncidentPath.Pattern, Description = "The incident." };

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var endpoint = context.Description.ActionDescriptor.EndpointMetadata;
        var parameters = endpoint.OfType<MethodInfo>().LastOrDefault()?.GetParameters().Select(parameter => parameter.ParameterType).ToHashSet() ?? [];
        AddPath(operation, context.Description.RelativePath ?? "");
        if (parameters.Contains(typeof(IdempotentRequest)))
            AddHeader(operation, IdempotentRequest.Header, IdempotentRequest.MaxLength, "Makes it repeatable for 24 h: the same key and body give the same result.");
        if (parameters.Contains(typeof(Viewer)))
            AddHeader(operation, Viewer.Header, Viewer.MaxLength, "Why a privacy officer looks; goes into the patient's audit trail. Clinicians need none.");

        var kinds = endpoint.OfType<ProducedProblems>().SelectMany(refusals => refusals.Kinds).ToList();
        if (operation.RequestBody is not null || operation.Parameters is { Count: > 0 })
            kinds.Add(ProblemKind.Validation);
        if (operation.RequestBody is not null)
            kinds.AddRange([ProblemKind.UnsupportedMediaType, ProblemKind.TooLarge]);
        if (EndpointAccess.RolesOf(endpoint) is { Length: > 0 } roles)
        {
            kinds.AddRange([ProblemKind.Unauthenticated, ProblemKind.Forbidden, ProblemKind.Unavailable]);
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(ContractDocument.Bearer, context.Document)] = [] }];
            operation.Description = $"For: {string.Join(", ", roles)}.";
        }

        await AddProblems(operation, kinds, context, cancellationToken);
    }

    private static void AddPath(OpenApiOperation operation, string path)
    {
        operation.Parameters ??= [];
        foreach (Match match in Placeholder().Matches(path))
        {
            var name = match.Groups[1].Value;
            if (operation.Parameters.All(parameter => parameter.Name != name))
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Path,
                    Required = true,
                    Schema = (path.StartsWith("v1/incidents/", StringComparison.Ordinal) ? Incident : Names.GetValueOrDefault(name)) ?? new OpenApiSchema { Type = JsonSchemaType.String },
                });
            }
        }
    }

    private static void AddHeader(OpenApiOperation operation, string name, int maxLength, string description) => operation.Parameters!.Add(new OpenApiParameter
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = maxLength },
    });

    private static async Task AddProblems(
        OpenApiOperation operation, IEnumerable<ProblemKind> kinds, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var document = context.Document!;
        document.AddComponent(ContractDocument.Problem, await context.GetOrCreateSchemaAsync(typeof(Problem.Body), null, cancellation));
        operation.Responses ??= [];
        foreach (var answers in kinds.Distinct().GroupBy(kind => kind.Status).OrderBy(answers => answers.Key))
        {
            operation.Responses[answers.Key.ToString()] = new OpenApiResponse
            {
                Description = string.Join(" ", answers.Select(kind => $"`{kind.Code}`: {kind.Title}")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Problem.ContentType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(ContractDocument.Problem, document) },
                },
            };
        }
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
