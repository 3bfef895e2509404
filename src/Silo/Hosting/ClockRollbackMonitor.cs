namespace Replays.Silo.Hosting;

/// <summary>
/// Ends a silo in order when its wall clock is put back, for whoever supervises it to start it again: Orleans' collector of idle grains never accepts
/// a time before its latest, so that every activation would fail from then on.
/// </summary>
/// <remarks>A clock put forward, or a machine that slept, does no harm here; only what it is put back from there does.</remarks>
internal sealed partial class ClockRollbackMonitor(TimeProvider time, IHostApplicationLifetime program, ILogger<ClockRollbackMonitor> logger) : BackgroundService
{
    /// <summary>Leap seconds and the steps of NTP at start stay far below, slewing moves both clocks alike. The collector's age of idle grains is above.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    /// <summary>A look costs nothing, and until it ends the silo fails what it is asked.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var began = time.GetTimestamp();
        var furthest = time.GetUtcNow();
        using var ticks = new PeriodicTimer(Interval, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            // Where the wall clock would have stood at the beginning: it only changes when somebody sets the clock.
            var start = time.GetUtcNow() - time.GetElapsedTime(began);
            if (start > furthest)
                furthest = start;
            if (furthest - start <= Tolerance)
                continue;
            LogRollback(furthest - start);
            program.StopApplication();
            return;
        }
    }

    [LoggerMessage(LogLevel.Critical, "The clock was put back by {Time}: this silo ends, to be started again. Is NTP running?")]
    private partial void LogRollback(TimeSpan time);
}
