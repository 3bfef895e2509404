using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Replays.Data.Incidents;
using Replays.Grains.Incidents;
using Replays.Grains.StopList;

namespace Replays.Data.StopList;

public static class StopListRegistration
{
    /// <summary>Registers the stop list and the incident log.</summary>
    public static IServiceCollection AddStopList(this IServiceCollection services, bool embedded)
    {
        services.AddSingleton<IIncidentLog, IncidentLog>();
        if (embedded)
        {
            services.AddSingleton<EmbeddedStopList>();
            services.AddSingleton<IStopList>(provider => provider.GetRequiredService<EmbeddedStopList>());
            return services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
                provider => provider.GetRequiredService<EmbeddedStopList>());
        }
        services.AddSingleton(provider => new ClusterStopList(
            provider.GetRequiredService<DbDataSource>(), provider.GetRequiredService<TimeProvider>(),
            () => Member(provider), provider.GetRequiredService<ILogger<ClusterStopList>>()));
        services.AddSingleton<IStopList>(provider => provider.GetRequiredService<ClusterStopList>());
        return services.AddHostedService(provider => provider.GetRequiredService<ClusterStopList>());
    }

    private static SiloMember? Member(IServiceProvider provider) =>
        provider.GetService<ILocalSiloDetails>()?.SiloAddress is { } address
            ? new(provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId,
                address.Endpoint.Address.ToString(), address.Endpoint.Port,
                address.Generation)
            : null;
}
