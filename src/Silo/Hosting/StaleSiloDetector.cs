namespace Replays.Silo.Hosting;

/// <summary>
/// Declares silos dead that have lost the database while this silo can reach it. Such a silo still responds to its peers' probes, so it
/// would remain a member and fail all calls to its grains.
/// </summary>
/// <remarks>
/// During a database outage heartbeats cannot be read, so no silo is declared dead, nor until all have had time to recover. Writes this
/// silo's heartbeat too, because Orleans doubles its interval after each failed write.
/// </remarks>
internal sealed partial class StaleSiloDetector(
    IMembershipTable table, IClusterMembershipService membership, ILocalSiloDetails self, TimeProvider time,
    ILogger<StaleSiloDetector> logger) : BackgroundService
{
    /// <summary>Longer than probes take to detect a dead silo, and ten times the heartbeat interval.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5), Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long after a database failure of its own a silo declares no other dead.</summary>
    private static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(15);

    /// <summary>Each other silo's last heartbeat, by its clock, and when this silo first read it, by the local clock.</summary>
    private Dictionary<SiloAddress, (DateTime Heartbeat, long Since)> _heartbeats = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Interval, time);
        long? failed = null;
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await table.UpdateIAmAliveAsync(
                    new() { SiloAddress = self.SiloAddress, IAmAliveTime = time.GetUtcNow().UtcDateTime }, stoppingToken);
                var stale = await FindStale(stoppingToken);
                if (failed is { } at && time.GetElapsedTime(at) < RecoveryTime)
                    continue;
                foreach (var silo in stale)
                {
                    LogStale(silo);
                    await membership.TryKill(silo);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                (_heartbeats, failed) = ([], time.GetTimestamp()); // timestamps from before the outage are meaningless
            }
        }
    }

    private async Task<List<SiloAddress>> FindStale(CancellationToken cancellation)
    {
        var others = (await table.ReadAllAsync(cancellation)).Members.Select(member => member.Item1)
            .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress));
        var now = time.GetTimestamp();
        _heartbeats = others.ToDictionary(
            member => member.SiloAddress,
            member => _heartbeats.TryGetValue(member.SiloAddress, out var known) && known.Heartbeat == member.IAmAliveTime
                ? known
                : (member.IAmAliveTime, now));
        return [.. _heartbeats.Where(silo => time.GetElapsedTime(silo.Value.Since, now) > Timeout).Select(silo => silo.Key)];
    }

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} has stopped writing its heartbeat to the database and is declared dead.")]
    private partial void LogStale(SiloAddress silo);
}
