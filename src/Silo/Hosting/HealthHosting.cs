using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace Replays.Silo.Hosting;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: so does everything it needs; otherwise 503.</summary>
public static class HealthHosting
{
    /// <summary>Health checks with this tag decide about <c>/health/ready</c>.</summary>
    public const string ReadyTag = "ready";

    /// <summary>What has not answered by then is not ready.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Makes the media store part of being ready.</summary>
    public static IServiceCollection AddMediaHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<MediaHealthCheck>("media", tags: [ReadyTag], timeout: Timeout);
        return services;
    }

    public static void MapReplaysHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag) }).AllowAnonymous();
    }
}
