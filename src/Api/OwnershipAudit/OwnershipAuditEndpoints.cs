using Replays.Data.OwnershipAudit;

namespace Replays.Api.OwnershipAudit;

public static class OwnershipAuditEndpoints
{
    public static void MapOwnershipAudits(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/audits/latest", Latest).WithTags("Ownership audit").RequireRoles(Roles.PrivacyOfficer)
            .WithSummary("Returns the latest ownership audit: what it checked, and every record whose owner does not match its name.")
            .ProducesProblems(ProblemKind.NotFound);

    private static async Task<Results<Ok<AuditResult>, Problem>> Latest(AuditLog log, CancellationToken cancellation) =>
        await ReadRetry.WithRetry(() => log.Latest(cancellation)) is { } result ? TypedResults.Ok(result) : Problem.NotFound;
}
