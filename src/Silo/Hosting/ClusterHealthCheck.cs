using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Replays.Silo.Hosting;

/// <summary>Healthy while a silo answers this client, and the database answers that silo.</summary>
internal sealed class ClusterHealthCheck(IClusterClient cluster) : IHealthCheck
{
    private const int AnyManagementGrain = 0;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Reads the membership table, so this goes all the way through.
            var silos = await cluster.GetGrain<IManagementGrain>(AnyManagementGrain).GetHosts(onlyActive: true).WaitAsync(cancellationToken);
            return silos.Count > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No silo is active.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"No silo answers: {exception.GetType().Name}.");
        }
    }
}
