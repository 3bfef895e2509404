using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Replays.Api.OpenApi;

/// <summary>The OpenAPI document served at <c>/openapi/v1.json</c>.</summary>
public static class ContractDocument
{
    internal const string Bearer = "bearer", Problem = "Problem";

    public static void AddContractDocument(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer(AddInfo);
        options.AddOperationTransformer<OperationDetails>();
        options.AddSchemaTransformer<EnumSchemas>();
    });

    private static Task AddInfo(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Orleans.Replays",
            Version = "v1",
            Description = "Recordings of medical consultations, for the patients who took part in them. "
                + "Times are RFC 3339 in UTC; durations are in seconds. Errors are problem details (RFC 9457) with a stable `code`.",
        };
        // The address from which the document was fetched is not part of the contract.
        document.Servers = [];
        document.Components ??= new();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "A token from the identity provider: `sub` identifies the caller, `role` lists the caller's roles.",
        };
        return Task.CompletedTask;
    }
}
