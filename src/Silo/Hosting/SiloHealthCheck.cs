using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Replays.Silo.Hosting;

/// <summary>Healthy while this process's silo is an active member of the cluster and the database answers.</summary>
internal sealed class SiloHealthCheck(ISiloStatusOracle silo, DbDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (silo.CurrentStatus != SiloStatus.Active)
            return HealthCheckResult.Unhealthy($"The silo is {silo.CurrentStatus}.");
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT 1";
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (DbException exception)
        {
            return HealthCheckResult.Unhealthy($"The database does not answer: {exception.Message}");
        }
    }
}
