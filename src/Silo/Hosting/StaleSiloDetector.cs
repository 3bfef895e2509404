namespace Replays.Silo.Hosting;

/// <summary>
/// Declares dead who no longer reaches the database while this silo does. Peers see no more than that it answers their probes, so it would remain a
/// member for as long as it is cut off, and fail every call to the grains that happen to be there.
/// </summary>
/// <remarks>
/// While the database is gone for all, nobody can read that another is silent: nobody is judged. Nor are they until all have had time to come back. Each
/// silo gives its sign here as well: Orleans, whose writes of it failed, waits twice as long before each next one.
/// </remarks>
internal sealed partial class StaleSiloDetector(
    IMembershipTable table, IClusterMembershipService membership, ILocalSiloDetails self, TimeProvider time, ILogger<StaleSiloDetector> logger) : BackgroundService
{
    /// <summary>Longer than probes take to find a dead silo, and ten times as long as a silo lets pass between two signs of life.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5), Interval = TimeSpan.FromSeconds(1);

    /// <summary>For so long after a failure of its own a silo judges nobody.</summary>
    private static readonly TimeSpan Return = TimeSpan.FromSeconds(15);

    /// <summary>Of each other silo the last sign of life, by its own clock, and since when it is known, by this one's.</summary>
    private Dictionary<SiloAddress, (DateTime Sign, long Since)> _heartbeats = [];

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
                var silent = await FindStale(stoppingToken);
                if (failed is { } at && time.GetElapsedTime(at) < Return)
                    continue;
                foreach (var silo in silent)
                {
                    LogStale(silo);
                    await membership.TryKill(silo);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                (_heartbeats, failed) = ([], time.GetTimestamp()); // not heard of by a silo that reads nothing: begins anew
            }
        }
    }

    private async Task<List<SiloAddress>> FindStale(CancellationToken cancellation)
    {
        var members = (await table.ReadAllAsync(cancellation)).Members.Select(member => member.Item1);
        var now = time.GetTimestamp();
        _heartbeats = members.Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress)).ToDictionary(
            member => member.SiloAddress,
            member => _heartbeats.TryGetValue(member.SiloAddress, out var known) && known.Sign == member.IAmAliveTime ? known : (member.IAmAliveTime, now));
        return [.. _heartbeats.Where(sign => time.GetElapsedTime(sign.Value.Since, now) > Timeout).Select(sign => sign.Key)];
    }

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} has given no sign of life in the database for seconds: it is declared dead.")]
    private partial void LogStale(SiloAddress silo);
}
