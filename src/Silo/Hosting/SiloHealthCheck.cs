using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Replays.Data.Sql;

namespace Replays.Silo.Hosting;

/// <summary>Healthy while this silo is an active member of the cluster and the database responds.</summary>
internal sealed class SiloHealthCheck(ISiloStatusOracle silo, DbDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (silo.CurrentStatus != SiloStatus.Active)
            return HealthCheckResult.Unhealthy($"The silo is {silo.CurrentStatus}.");
        try
        {
            await database.Ping(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (DbException exception)
        {
            return HealthCheckResult.Unhealthy($"The database does not respond: {exception.Message}");
        }
    }
}
