namespace Replays.Silo.Hosting;

/// <summary>An Api without a silo stays up, answers 503, and connects as soon as there is one.</summary>
internal sealed partial class RetryForeverFilter(TimeProvider clock, ILogger<RetryForeverFilter> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogNoSilo(exception.GetType().Name);
        await Task.Delay(Pause, clock, cancellationToken);
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "No silo answers yet ({Problem}).")]
    private partial void LogNoSilo(string problem);
}
