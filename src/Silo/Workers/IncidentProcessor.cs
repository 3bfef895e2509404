using System.Diagnostics.Metrics;
using Replays.Data.Outbox;
using Replays.Grains;
using Replays.Grains.Incidents;
using Replays.Grains.Safeguards;
using Safeguard = Replays.Grains.Safeguards.Safeguard;

namespace Replays.Silo.Workers;

/// <summary>
/// In every silo: opens incidents from what locks refused, one a cause, and finishes what a crash left undone of any incident. Doing the
/// same in two silos at once does no harm.
/// </summary>
internal sealed partial class IncidentProcessor(
    NearMissBuffer nearMisses, IIncidentLog log, AuditOutbox outbox, IGrainFactory grains, TimeProvider time, ILogger<IncidentProcessor> logger) : BackgroundService
{
    /// <summary>Causes of near-misses told apart, a process; beyond that, one incident a lock holds the rest.</summary>
    private const int MaxCauses = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), ProcessingTimeout = TimeSpan.FromSeconds(10);

    private static double _timeToDeadline = double.PositiveInfinity;
    private static long _open;

    private readonly HashSet<(Safeguard, string)> _causes = [];

    static IncidentProcessor()
    {
        Telemetry.Meter.CreateObservableGauge("replays.incident.time_to_deadline",
            () => double.IsInfinity(_timeToDeadline) ? [] : new[] { new Measurement<double>(_timeToDeadline) }, "h",
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
                if (await outbox.PublishAll(stopping) is { } failure)
                    LogLater(failure.GetType().Name);
                if (round % 10 == 0)
                    await ProcessUnprocessed(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogLater(e.GetType().Name);
            }
        }
    }

    private async Task OpenNearMisses(CancellationToken cancellation)
    {
        foreach (var (refusedBy, what, times) in nearMisses.Drain())
        {
            var cause = _causes.Count < MaxCauses || _causes.Contains((refusedBy, what)) ? what : "";
            var isNew = _causes.Add((refusedBy, cause));
            var report = new IncidentReport
            {
                Id = IncidentReport.IdFor($"near-miss/{refusedBy}/{cause}"),
                Source = IncidentSource.Safeguard,
                ReportedAt = time.GetUtcNow(),
                By = Actor.System,
                Reason = $"{refusedBy}".ToLowerInvariant(),
                Cause = cause is "" ? null : cause,
            };
            try
            {
                await log.RecordOccurrence(report, times, cancellation);
            }
            catch
            {
                for (var i = 0; i < times; i++)
                    nearMisses.Record(refusedBy, what);
                throw;
            }
            if (isNew)
                await grains.Incident(report.Id).ProcessPending(cancellation);
        }
    }

    private async Task ProcessUnprocessed(CancellationToken cancellation)
    {
        foreach (var id in await log.FindUnprocessed(ProcessingTimeout, cancellation))
        {
            try
            {
                await grains.Incident(id).ProcessPending(cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogLater(e.GetType().Name); // one that can't be followed keeps none of the others back
            }
        }
        var (open, firstDue) = await log.GetSummary(cancellation);
        (_open, _timeToDeadline) = (open, firstDue is { } due ? (due - time.GetUtcNow()).TotalHours : double.PositiveInfinity);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Incidents could not be attended to now ({Cause}); tried again.")]
    private partial void LogLater(string cause);
}
