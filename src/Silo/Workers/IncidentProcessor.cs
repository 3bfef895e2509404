using System.Diagnostics.Metrics;
using Replays.Data.Outbox;
using Replays.Grains.Incidents;
using Replays.Grains.Safeguards;

namespace Replays.Silo.Workers;

/// <summary>
/// Opens one near-miss incident per cause of a denial, publishes the audit outbox, and resumes incident processing that a crash
/// interrupted. Safe to run in all silos concurrently.
/// </summary>
internal sealed partial class IncidentProcessor(
    NearMissBuffer nearMisses, IIncidentLog log, AuditOutbox outbox, IGrainFactory grains, TimeProvider time,
    ILogger<IncidentProcessor> logger) : BackgroundService
{
    /// <summary>Causes with an incident of their own, per process. All further causes share one incident per safeguard.</summary>
    private const int MaxCauses = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), ProcessingTimeout = TimeSpan.FromSeconds(10);

    private static double _timeToDeadline = double.PositiveInfinity;
    private static long _open;

    private readonly HashSet<(Safeguard, string)> _causes = [];

    static IncidentProcessor()
    {
        Telemetry.Meter.CreateObservableGauge("replays.incident.time_to_deadline",
            () => double.IsInfinity(_timeToDeadline) ? [] : new[] { new Measurement<double>(_timeToDeadline) }, "s",
            "Time until the first open incident must be reported to the regulator.");
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
                    LogFailure(failure.GetType().Name);
                if (round % 10 == 0)
                    await ProcessUnprocessed(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogFailure(e.GetType().Name);
            }
        }
    }

    private async Task OpenNearMisses(CancellationToken cancellation)
    {
        var pending = new Queue<(Safeguard Safeguard, string Cause, int Occurrences)>(nearMisses.Drain());
        try
        {
            while (pending.TryPeek(out var nearMiss))
            {
                var (safeguard, cause, occurrences) = nearMiss;
                if (_causes.Count >= MaxCauses && !_causes.Contains((safeguard, cause)))
                    cause = "";
                var isNew = _causes.Add((safeguard, cause));
                var report = new IncidentReport
                {
                    Id = IncidentReport.IdFor($"near-miss/{safeguard}/{cause}"),
                    Source = IncidentSource.Safeguard,
                    ReportedAt = time.GetUtcNow(),
                    By = Actor.System,
                    Reason = $"{safeguard}".ToLowerInvariant(),
                    Cause = cause is "" ? null : cause,
                };
                await log.RecordOccurrence(report, occurrences, cancellation);
                pending.Dequeue();
                if (isNew)
                    await grains.Incident(report.Id).ProcessPending(cancellation);
            }
        }
        finally
        {
            foreach (var (safeguard, cause, occurrences) in pending)
            {
                for (var i = 0; i < occurrences; i++)
                    nearMisses.Record(safeguard, cause);
            }
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
                LogFailure(e.GetType().Name);
            }
        }
        var (open, firstDue) = await log.GetSummary(cancellation);
        (_open, _timeToDeadline) = (open, firstDue is { } due ? (due - time.GetUtcNow()).TotalSeconds : double.PositiveInfinity);
    }

    [LoggerMessage(LogLevel.Warning, "Processing incidents failed ({Error}); will retry.")]
    private partial void LogFailure(string error);
}
