using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Replays.Data.OwnershipAudit;
using Replays.Grains.OwnershipAudit;
using Replays.Silo.OwnershipAudit;

namespace Replays.Silo.Workers;

/// <summary>Runs ownership audits when the cluster's reminder fires in this silo, and exports the cluster's latest result.</summary>
internal sealed partial class OwnershipAuditScheduler(
    OwnershipAuditor auditor, AuditLog log, IGrainFactory grains, IOptions<AuditOptions> options, TimeProvider time,
    ILogger<OwnershipAuditScheduler> logger)
    : BackgroundService, IOwnershipAudits
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(1), RetryInterval = TimeSpan.FromSeconds(5);

    private static AuditResult? _latest;

    private readonly Channel<bool> _requests =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    static OwnershipAuditScheduler()
    {
        Telemetry.Meter.CreateObservableGauge("replays.audit.age",
            () => _latest is { } last ? new[] { new Measurement<double>((DateTimeOffset.UtcNow - last.EndedAt).TotalSeconds) } : [], "s",
            "Time since the last ownership audit ended.");
        Telemetry.Meter.CreateObservableGauge("replays.audit.findings",
            () => _latest is { } last ? new[] { new Measurement<long>(last.Kinds.Values.Sum()) } : [], "{finding}",
            "Findings of the last ownership audit.");
    }

    public void Begin() => _requests.Writer.TryWrite(true);

    protected override Task ExecuteAsync(CancellationToken stopping) =>
        Task.WhenAll(Schedule(stopping), RefreshLatest(stopping), Audit(stopping));

    private async Task Schedule(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(RetryInterval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await grains.GetGrain<IOwnershipAuditGrain>(IOwnershipAuditGrain.Key)
                    .Schedule(options.Value.Every, options.Value.FirstAfter);
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogFailure(e.GetType().Name);
            }
        }
    }

    private async Task RefreshLatest(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(RefreshInterval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                _latest = await log.Latest(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogFailure(e.GetType().Name);
            }
        }
    }

    private async Task Audit(CancellationToken stopping)
    {
        await foreach (var _ in _requests.Reader.ReadAllAsync(stopping))
        {
            try
            {
                _latest = await auditor.Run(workers: 1, progress: null, stopping);
                LogCompleted(_latest.Number, _latest.Kinds.Values.Sum());
            }
            catch (AuditInProgressException)
            {
                // The audit of another silo or an operator serves as well.
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogAuditFailed(e.GetType().Name); // the message may contain personal data
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Ownership audit {Number} completed with {Findings} findings.")]
    private partial void LogCompleted(long number, long findings);

    [LoggerMessage(LogLevel.Error, "The ownership audit failed ({Error}). The next one runs as scheduled.")]
    private partial void LogAuditFailed(string error);

    [LoggerMessage(LogLevel.Warning, "Scheduling ownership audits or reading their results failed ({Error}); will retry.")]
    private partial void LogFailure(string error);
}
