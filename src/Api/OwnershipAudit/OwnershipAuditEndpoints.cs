using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.Security;
using Replays.Data.OwnershipAudit;

namespace Replays.Api.OwnershipAudit;

/// <summary>How the last ownership audit ended, to the officer.</summary>
public static class OwnershipAuditEndpoints
{
    public static void MapOwnershipAudits(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/audits/latest", Latest).WithTags("Audit").RequireRoles(Roles.PrivacyOfficer)
            .WithSummary("The last ownership audit: what was looked at, and each thing that is not where its name says. 404 before the first.")
            .ProducesProblems(ProblemKind.NotFound);

    private static async Task<Results<Ok<AuditResult>, Problem>> Latest(AuditLog log, CancellationToken cancellation) =>
        await ReadRetry.WithRetry(() => log.Latest(cancellation)) is { } result ? TypedResults.Ok(result) : (Problem)ProblemKind.NotFound;
}
