using Microsoft.Extensions.Diagnostics.HealthChecks;
using Replays.Media.Stores;

namespace Replays.Silo.Hosting;

/// <summary>Healthy while the media store answers and can be written to.</summary>
internal sealed class MediaHealthCheck(IMediaStore media) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Not every store gives up in time by itself.
            await Task.Run(() => media.Probe(cancellationToken), cancellationToken).WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (MediaStoreException exception)
        {
            return HealthCheckResult.Unhealthy($"The media store does not answer: {exception.Problem}.");
        }
    }
}
