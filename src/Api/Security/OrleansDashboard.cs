using System.Collections.Frozen;
using Orleans.Dashboard;
using Replays.Api.Problems;
using Replays.Silo.Observability;

namespace Replays.Api.Security;

/// <summary>Orleans' dashboard for the operator, without what would show patients: grains' states and keys, reminders, logs.</summary>
public static class OrleansDashboard
{
    private const string Path = "/dashboard";

    /// <summary>What it may answer: its own files, and counts and times by kind of grain and by silo. Whatever a later version adds is not there.</summary>
    private static readonly FrozenSet<string> Harmless = FrozenSet.ToFrozenSet(
    [
        "/", "/index.html", "/index.css", "/index.min.js", "/favicon.ico", "/fonts/{**path}", "/img/{**path}", "/version",
        "/ClusterStats", "/DashboardCounters", "/GrainStats/{*grainName}", "/GrainTypes", "/HistoricalStats/{*path}", "/LifecycleStages",
        "/SiloCounters/{*address}", "/SiloMetadata/{*address}", "/SiloStats/{*address}", "/TopGrainMethods",
    ]);

    public static void MapOrleansDashboard(this WebApplication app)
    {
        if (!app.Configuration.HasDashboard())
            return;
        var dashboard = app.MapOrleansDashboard(Path).RequireRoles(Roles.Operator).ExcludeFromDescription();
        ((IEndpointConventionBuilder)dashboard).Finally(endpoint =>
        {
            var path = ((RouteEndpointBuilder)endpoint).RoutePattern.RawText?[Path.Length..];
            endpoint.RequestDelegate = path is null or "" || Harmless.Contains(path)
                ? Shown(endpoint.RequestDelegate!)
                : http => new Problem(ProblemKind.NotFound).ExecuteAsync(http);
        });
    }

    private static RequestDelegate Shown(RequestDelegate answer) => http =>
    {
        http.Response.Headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
            + "frame-ancestors 'none'; base-uri 'self'; form-action 'none'";
        return answer(http);
    };
}
