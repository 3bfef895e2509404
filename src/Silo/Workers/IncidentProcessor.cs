using System.Diagnostics.Metrics;
using Replays.Data.Outbox;
using Replays.Grains.Incidents;
using Replays.Grains.Safeguards;

namespace Replays.Silo.Workers;

/// <summary>Opens near-miss incidents, publishes the audit outbox and resumes interrupted processing. Safe to run in all silos.</summary>
internal sealed partial class IncidentProcessor(
    NearMissBuffer nearMisses, IIncidentLog log, AuditOutbox outbox, IGrainFactory grains, TimeProvider time,
    ILogger<IncidentProcessor> logger) : BackgroundService
{
    /// <summary>At most this many causes get an incident of their own, per process. Further causes share one incident per safeguard.</summary>
    private const int MaxCauses = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), StalledAfter = TimeSpan.FromSeconds(10);

    private static double _timeToDeadline = double.PositiveInfinity;
    private static long _open;

    private readonly HashSet<(Safeguard, string)> _causes = [];

    static IncidentProcessor()
    {
        Telemetry.Meter.CreateObservableGauge("replays.incident.time_to_deadline",
            () => double.IsInfinity(_timeToDeadline) ? [] : new[] { new Measurement<double>(_timeToDeadline) }, "s",
            "Time until the first open incident must be reported to the regulator; negative when overdue.");
        Telemetry.Meter.CreateObservableGauge("replays.incident.open", () => _open, "{incident}", "Open incidents.");
    }

    protected override Task ExecuteAsync(CancellationToken stopping)
    {
        var rounds = 0;
        return BackgroundWork.Repeat(Interval, time, async () =>
        {
            var isTenth = rounds++ % 10 == 0;
            await OpenNearMissIncidents(stopping);
            if (await outbox.PublishAll(stopping) is { } failure)
                LogFailure(failure.GetType().Name);
            if (isTenth)
                await ProcessUnprocessed(stopping);
        }, LogFailure, stopping);
    }

    private async Task OpenNearMissIncidents(CancellationToken cancellation)
    {
        var pending = new Queue<(Safeguard Safeguard, string Cause, int Occurrences)>(nearMisses.Drain());
        try
        {
            while (pending.TryPeek(out var nearMiss))
            {
                var (safeguard, cause, occurrences) = nearMiss;
                if (_causes.Count >= MaxCauses && !_causes.Contains((safeguard, cause)))
                    cause = "";
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
                if (_causes.Add((safeguard, cause)))
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
        foreach (var id in await log.FindUnprocessed(StalledAfter, cancellation))
            await BackgroundWork.Try(() => grains.Incident(id).ProcessPending(cancellation), LogFailure, cancellation);
        var (open, firstDue) = await log.GetSummary(cancellation);
        (_open, _timeToDeadline) = (open, firstDue is { } due ? (due - time.GetUtcNow()).TotalSeconds : double.PositiveInfinity);
    }

    [LoggerMessage(LogLevel.Warning, "Processing incidents failed ({Error}); will retry.")]
    private partial void LogFailure(string error);
}
