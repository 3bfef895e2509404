using System.Globalization;
using System.Threading.RateLimiting;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.Security;

namespace Replays.Api.Incidents;

/// <summary>
/// How often one person may report. A report hides something at once, from others too: whoever sends thousands must not blank what others
/// see, nor bury what others report. Nothing else is limited here; that is for the proxy in front.
/// </summary>
public static class ReportLimit
{
    /// <summary>Reports a person at once, and how many more every second after that.</summary>
    private const int Burst = 60, EverySecond = 1;

    private const string Policy = "reports";

    public static void AddReportLimit(this WebApplicationBuilder builder) => builder.Services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = async (context, cancellation) =>
        {
            var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after.TotalSeconds : 1;
            context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(Math.Max(wait, 1)).ToString(CultureInfo.InvariantCulture);
            await new Problem(ProblemKind.TooManyRequests).ExecuteAsync(context.HttpContext);
        };
        options.AddPolicy(Policy, http => RateLimitPartition.GetTokenBucketLimiter(CurrentUser.Of(http).Subject, _ => new()
        {
            TokenLimit = Burst,
            TokensPerPeriod = EverySecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));
    });

    internal static void LimitReports(this RouteHandlerBuilder endpoint) => endpoint.RequireRateLimiting(Policy).ProducesProblems(ProblemKind.TooManyRequests);
}
