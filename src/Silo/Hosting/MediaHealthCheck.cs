using Microsoft.Extensions.Diagnostics.HealthChecks;
using Replays.Media.Stores;

namespace Replays.Silo.Hosting;

/// <summary>Healthy while the media store responds and is writable.</summary>
internal sealed class MediaHealthCheck(IMediaStore media) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Some stores block without observing cancellation.
            await Task.Run(() => media.Probe(cancellationToken), cancellationToken).WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (MediaStoreException exception)
        {
            return HealthCheckResult.Unhealthy($"The media store does not respond: {exception.Problem}.");
        }
    }
}
