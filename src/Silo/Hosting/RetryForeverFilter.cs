namespace Replays.Silo.Hosting;

/// <summary>Retries until a silo is available. Meanwhile the Api stays up and answers 503.</summary>
internal sealed partial class RetryForeverFilter(TimeProvider clock, ILogger<RetryForeverFilter> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogNoSilo(exception.GetType().Name);
        await Task.Delay(RetryInterval, clock, cancellationToken);
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "No silo responds yet ({Error}); will retry.")]
    private partial void LogNoSilo(string error);
}
