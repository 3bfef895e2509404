using Replays.Data.OwnershipAudit;
using Replays.Grains.OwnershipAudit;
using Replays.Silo.Hosting;
using Replays.Silo.Workers;

namespace Replays.Silo.OwnershipAudit;

public static class AuditRegistration
{
    /// <summary>Registers the results of ownership audits.</summary>
    public static IServiceCollection AddAuditLog(this IServiceCollection services) => services.AddSingleton<AuditLog>();

    /// <summary>Registers <see cref="OwnershipAuditor"/>. Requires the database, incident log, media store and serializer.</summary>
    internal static IServiceCollection AddOwnershipAudit(this IServiceCollection services)
    {
        services.AddOptions<ReplaysClusterOptions>().BindConfiguration("Replays:Cluster").ValidateDataAnnotations();
        return services.AddAuditLog().AddSingleton<OwnershipAuditor>();
    }

    /// <summary>Runs ownership audits on a schedule, in one silo of the cluster at a time.</summary>
    internal static IServiceCollection AddAuditSchedule(this IServiceCollection services)
    {
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OwnershipAuditScheduler>();
        services.AddSingleton<IOwnershipAudits>(provider => provider.GetRequiredService<OwnershipAuditScheduler>());
        return services.AddHostedService(provider => provider.GetRequiredService<OwnershipAuditScheduler>());
    }
}
