using System.Collections.Frozen;
using Orleans.Dashboard;
using Replays.Silo.Observability;

namespace Replays.Api.Security;

/// <summary>The Orleans dashboard for operators, without patient data: no grain state, grain keys, reminders or logs.</summary>
public static class OrleansDashboard
{
    private const string Path = "/dashboard";

    /// <summary>Static files and statistics per grain type and silo. Paths that a later version adds stay closed.</summary>
    private static readonly FrozenSet<string> AllowedPaths = FrozenSet.ToFrozenSet(
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
            endpoint.RequestDelegate = path is null or "" || AllowedPaths.Contains(path)
                ? WithContentSecurityPolicy(endpoint.RequestDelegate!)
                : http => Problem.NotFound.ExecuteAsync(http);
        });
    }

    private static RequestDelegate WithContentSecurityPolicy(RequestDelegate next) => http =>
    {
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
            + "frame-ancestors 'none'; base-uri 'self'; form-action 'none'";
        return next(http);
    };
}
