using System.Globalization;
using System.Threading.RateLimiting;

namespace Replays.Api.Incidents;

/// <summary>
/// Limits reports per person. A report immediately hides a replay from others too, so that a flood of reports could empty their lists and
/// bury other reports. All other rate limits belong in the reverse proxy.
/// </summary>
public static class ReportLimit
{
    private const int Burst = 60, PerSecond = 1;

    private const string Policy = "reports";

    public static void AddReportLimit(this WebApplicationBuilder builder) => builder.Services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = async (context, cancellation) =>
        {
            var seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after.TotalSeconds : 1;
            context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(Math.Max(seconds, 1)).ToString(CultureInfo.InvariantCulture);
            await new Problem(ProblemKind.TooManyRequests).ExecuteAsync(context.HttpContext);
        };
        options.AddPolicy(Policy, http => RateLimitPartition.GetTokenBucketLimiter(CurrentUser.Of(http).Subject, _ => new()
        {
            TokenLimit = Burst,
            TokensPerPeriod = PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));
    });

    internal static void LimitReports(this RouteHandlerBuilder endpoint) =>
        endpoint.RequireRateLimiting(Policy).ProducesProblems(ProblemKind.TooManyRequests);
}
