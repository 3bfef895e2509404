using System.Data.Common;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Replays.Grains.Incidents;
using Replays.Grains.Stops;
using Replays.Silo.Incidents;

namespace Replays.Silo.Stops;

public static class StopListRegistration
{
    /// <summary>
    /// Registers the stop list and the log of incidents over the one <see cref="DbDataSource"/>: with PostgreSQL as one process of many, with
    /// SQLite as the only one. To be registered before the silo or the client, so that it reads before either answers.
    /// </summary>
    public static IServiceCollection AddStopList(this IServiceCollection services)
    {
        services.AddSingleton<IIncidentLog>(provider => new IncidentLog(Database(provider), Time(provider)));
        services.AddSingleton<IStopList>(provider => Database(provider) is NpgsqlDataSource
            ? new ClusterStopList(Database(provider), Time(provider), () => Member(provider), provider.GetRequiredService<ILogger<ClusterStopList>>())
            : new EmbeddedStopList(Database(provider), Time(provider)));
        return services.AddHostedService(provider => (IHostedService)provider.GetRequiredService<IStopList>());
    }

    private static SiloMember? Member(IServiceProvider provider) =>
        provider.GetService<ILocalSiloDetails>()?.SiloAddress is { } address
            ? new(provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId, address.Endpoint.Address.ToString(), address.Endpoint.Port,
                address.Generation)
            : null;

    private static DbDataSource Database(IServiceProvider provider) => provider.GetRequiredService<DbDataSource>();

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();
}
