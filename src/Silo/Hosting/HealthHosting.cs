using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace Replays.Silo.Hosting;

/// <summary><c>/health/live</c>: the process responds. <c>/health/ready</c>: so do all its dependencies; otherwise 503.</summary>
public static class HealthHosting
{
    /// <summary>The tag of health checks included in <c>/health/ready</c>.</summary>
    public const string ReadyTag = "ready";

    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Includes the media store in <c>/health/ready</c>.</summary>
    public static IServiceCollection AddMediaHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<MediaHealthCheck>("media", tags: [ReadyTag], timeout: Timeout);
        return services;
    }

    public static void MapReplaysHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag) })
            .AllowAnonymous();
    }
}
