using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Replays.Silo.Hosting;

/// <summary>Healthy while a silo responds to this client and the database to that silo.</summary>
internal sealed class ClusterHealthCheck(IClusterClient cluster) : IHealthCheck
{
    private const int AnyManagementGrain = 0;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Reads the membership table, so this covers the database too.
            var silos = await cluster.GetGrain<IManagementGrain>(AnyManagementGrain)
                .GetHosts(onlyActive: true).WaitAsync(cancellationToken);
            return silos.Count > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No silo is active.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"No silo responds: {exception.GetType().Name}.");
        }
    }
}
