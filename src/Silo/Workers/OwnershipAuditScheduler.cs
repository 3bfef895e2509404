using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Replays.Data.OwnershipAudit;
using Replays.Grains;
using Replays.Grains.OwnershipAudit;
using Replays.Silo.OwnershipAudit;

namespace Replays.Silo.Workers;

/// <summary>In every silo: audits when the cluster's reminder comes to this one, and tells how the last audit ended, whoever made it.</summary>
internal sealed partial class OwnershipAuditScheduler(
    OwnershipAuditor audit, AuditLog log, IGrainFactory grains, IOptions<AuditOptions> options, TimeProvider time, ILogger<OwnershipAuditScheduler> logger)
    : BackgroundService, IOwnershipAudits
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1), Retry = TimeSpan.FromSeconds(5);

    private static AuditResult? _latest;

    private readonly Channel<bool> _begin = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    static OwnershipAuditScheduler()
    {
        Telemetry.Meter.CreateObservableGauge("replays.audit.age",
            () => _latest is { } last ? new[] { new Measurement<double>((DateTimeOffset.UtcNow - last.EndedAt).TotalSeconds) } : [], "s",
            "Since the last ownership audit ended.");
        Telemetry.Meter.CreateObservableGauge("replays.audit.findings",
            () => _latest is { } last ? new[] { new Measurement<long>(last.Kinds.Values.Sum()) } : [], "{finding}",
            "What the last ownership audit found.");
    }

    public void Begin() => _begin.Writer.TryWrite(true);

    protected override Task ExecuteAsync(CancellationToken stopping) => Task.WhenAll(Schedule(stopping), Watch(stopping), Audit(stopping));

    private async Task Schedule(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Retry, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await grains.GetGrain<IOwnershipAuditGrain>(IOwnershipAuditGrain.Key).Schedule(options.Value.Every, options.Value.FirstAfter);
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogLater(e.GetType().Name);
            }
        }
    }

    private async Task Watch(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                _latest = await log.Latest(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogLater(e.GetType().Name);
            }
        }
    }

    private async Task Audit(CancellationToken stopping)
    {
        await foreach (var _ in _begin.Reader.ReadAllAsync(stopping))
        {
            try
            {
                _latest = await audit.Run(workers: 1, progress: null, stopping);
                LogEnded(_latest.Number, _latest.Kinds.Values.Sum());
            }
            catch (AuditInProgressException)
            {
                // Another silo's, or an operator's, is as good.
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogFailed(e.GetType().Name); // the message may name somebody
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ownership audit {Number} ended with {Findings} findings.")]
    private partial void LogEnded(long number, long findings);

    [LoggerMessage(Level = LogLevel.Error, Message = "An ownership audit could not be finished ({Cause}); the next is tried as scheduled.")]
    private partial void LogFailed(string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ownership audits could not be attended to now ({Cause}); tried again.")]
    private partial void LogLater(string cause);
}
