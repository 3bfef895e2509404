namespace Replays.Silo.Hosting;

/// <summary>
/// Stops the silo gracefully when the wall clock is set back, so that its supervisor restarts it. Orleans' collector of idle grains never
/// accepts a time before the latest it has seen, so every later activation would fail. A clock set forward is harmless.
/// </summary>
internal sealed partial class ClockRollbackMonitor(
    TimeProvider time, IHostApplicationLifetime program, ILogger<ClockRollbackMonitor> logger) : BackgroundService
{
    /// <summary>Above NTP steps; slewing affects both clocks alike. Below the age at which idle grains are collected.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    /// <summary>Short, because the silo fails requests until it stops.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        var latest = time.GetUtcNow();
        using var ticks = new PeriodicTimer(Interval, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            // The start time by the current wall clock: changes only when the clock is set.
            var start = time.GetUtcNow() - time.GetElapsedTime(started);
            if (start > latest)
                latest = start;
            if (latest - start <= Tolerance)
                continue;
            LogRollback(latest - start);
            program.StopApplication();
            return;
        }
    }

    [LoggerMessage(LogLevel.Critical, "The clock was put back by {Time}. The silo stops and must be restarted. Check NTP.")]
    private partial void LogRollback(TimeSpan time);
}
