using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Replays.Api.OpenApi;

/// <summary>The served OpenAPI document, <c>/openapi/v1.json</c>: the full contract.</summary>
public static class ContractDocument
{
    internal const string Bearer = "bearer", Problem = "Problem";

    public static void AddContractDocument(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer(Introduce);
        options.AddOperationTransformer<OperationDetails>();
        options.AddSchemaTransformer<EnumSchemas>();
    });

    private static Task Introduce(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Orleans.Replays",
            Version = "v1",
            Description = "Recordings of consultations for the patients who were in them, and nobody else. Times are RFC 3339 UTC, durations are seconds. "
                + "Errors are problem details (RFC 9457) with a stable `code`.",
        };
        // The address the document was asked for at is not part of the contract.
        document.Servers = [];
        document.Components ??= new();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "A token of the identity provider: `sub` says who, `role` what for.",
        };
        return Task.CompletedTask;
    }
}
