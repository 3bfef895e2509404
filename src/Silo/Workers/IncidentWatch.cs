using System.Diagnostics.Metrics;
using Replays.Data.Outbox;
using Replays.Grains;
using Replays.Grains.Incidents;
using Replays.Grains.Safeguards;
using Lock = Replays.Grains.Safeguards.Lock;

namespace Replays.Silo.Workers;

/// <summary>
/// In every silo: opens incidents from what locks refused, one a cause, and finishes what a crash left undone of any incident. Doing the
/// same in two silos at once does no harm.
/// </summary>
internal sealed partial class IncidentWatch(
    PendingNearMisses nearMisses, IIncidentLog log, TrailOutbox outbox, IGrainFactory grains, TimeProvider time, ILogger<IncidentWatch> logger) : BackgroundService
{
    /// <summary>Causes of near-misses told apart, a process; beyond that, one incident a lock holds the rest.</summary>
    private const int MaxCauses = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Undone = TimeSpan.FromSeconds(10);

    private static double _hoursLeft = double.PositiveInfinity;
    private static long _open;

    private readonly HashSet<(Lock, string)> _causes = [];

    static IncidentWatch()
    {
        Telemetry.Meter.CreateObservableGauge("replays.incident.hours_left",
            () => double.IsInfinity(_hoursLeft) ? [] : new[] { new Measurement<double>(_hoursLeft) }, "h",
            "Hours until the first open incident must be reported to the regulator.");
        Telemetry.Meter.CreateObservableGauge("replays.incident.open", () => _open, "{incident}", "Open incidents.");
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        for (var round = 0; await timer.WaitForNextTickAsync(stopping); round++)
        {
            try
            {
                await OpenNearMisses(stopping);
                if (await outbox.TellAll(stopping) is { } failure)
                    LogLater(failure.GetType().Name);
                if (round % 10 == 0)
                    await Sweep(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogLater(e.GetType().Name);
            }
        }
    }

    private async Task OpenNearMisses(CancellationToken cancellation)
    {
        foreach (var (refusedBy, what, times) in nearMisses.Take())
        {
            var cause = _causes.Count < MaxCauses || _causes.Contains((refusedBy, what)) ? what : "";
            var isNew = _causes.Add((refusedBy, cause));
            var report = new IncidentReport
            {
                Id = IncidentReport.IdOf($"near-miss/{refusedBy}/{cause}"),
                Source = IncidentSource.Lock,
                ReportedAt = time.GetUtcNow(),
                By = Actor.System,
                Reason = $"{refusedBy}".ToLowerInvariant(),
                Cause = cause is "" ? null : cause,
            };
            try
            {
                await log.Note(report, times, cancellation);
            }
            catch
            {
                for (var i = 0; i < times; i++)
                    nearMisses.Note(refusedBy, what);
                throw;
            }
            if (isNew)
                await grains.Incident(report.Id).Follow(cancellation);
        }
    }

    private async Task Sweep(CancellationToken cancellation)
    {
        foreach (var id in await log.Unfollowed(Undone, cancellation))
        {
            try
            {
                await grains.Incident(id).Follow(cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogLater(e.GetType().Name); // one that can't be followed keeps none of the others back
            }
        }
        var (open, firstDue) = await log.Summary(cancellation);
        (_open, _hoursLeft) = (open, firstDue is { } due ? (due - time.GetUtcNow()).TotalHours : double.PositiveInfinity);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Incidents could not be attended to now ({Cause}); tried again.")]
    private partial void LogLater(string cause);
}
