using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Replays.Data.GrainStorage;
using Replays.Media.Stores;

namespace Replays.Silo.Workers;

/// <summary>
/// Deletes media objects that nothing references. A consultation stores the reference before it creates an object and deletes the object
/// before the reference, so orphans result only from crashes. The first silo of the cluster scans four times per upload deadline, which
/// removes each orphan within one deadline of its last change, and only if the store belongs to this deployment.
/// </summary>
internal sealed partial class OrphanedMediaCleaner(
    IMediaStore store,
    MediaReferences references,
    ILocalSiloDetails silo,
    ISiloStatusOracle silos,
    IKeyManager keys,
    IOptions<ReplaysOptions> options,
    IOptions<ClusterOptions> cluster,
    TimeProvider time,
    ILogger<OrphanedMediaCleaner> logger) : BackgroundService
{
    /// <summary>Bounds memory to about 50 MB. Larger stores take several passes.</summary>
    private const int MaxObjectsPerPass = 500_000;

    /// <summary>More than this and a tenth of all objects indicate a wrong store or an old database: nothing is deleted.</summary>
    private const int MaxPlausibleOrphans = 100;

    private static readonly Counter<long> OrphansDeleted =
        Telemetry.Meter.CreateCounter<long>("replays.media.orphans_deleted", "{object}", "Orphaned media objects deleted.");

    private TimeSpan Deadline => options.Value.Recordings.UploadDeadline;

    /// <summary>Identifies the deployment by its service id and oldest key. Null while there is no key.</summary>
    private string? Deployment =>
        keys.GetAllKeys().MinBy(key => key.CreationDate) is { } oldest ? $"{cluster.Value.ServiceId} {oldest.KeyId}" : null;

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        // The first interval is shorter, so that silos with a short uptime scan too.
        using var timer = new PeriodicTimer(Deadline / 24, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            timer.Period = Deadline / 4;
            try
            {
                if (IsFirstSilo())
                    await DeleteOrphans(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogFailure(e.GetType().Name);
            }
        }
    }

    private async Task DeleteOrphans(CancellationToken cancellation)
    {
        if (Deployment is not { } deployment || !await store.Claim(deployment, cancellation))
        {
            LogForeign();
            return;
        }

        var before = time.GetUtcNow() - Deadline / 2;
        long old = 0;
        await foreach (var _ in ListOldObjects(before, cancellation))
            old++;

        List<UInt128> orphans = [];
        var passes = (uint)(old / MaxObjectsPerPass) + 1;
        for (uint pass = 0; pass < passes; pass++)
        {
            HashSet<UInt128> candidates = [];
            await foreach (var key in ListOldObjects(before, cancellation))
            {
                if (key % passes == pass)
                    candidates.Add(key);
            }

            // Read after the objects, so that no reference stored meanwhile is missed.
            await references.Read(key => candidates.Remove(ParseKey(key)), cancellation);
            orphans.AddRange(candidates);
            if (orphans.Count > Math.Max(MaxPlausibleOrphans, old / 10))
            {
                LogImplausible(orphans.Count, old);
                return;
            }
        }

        foreach (var key in orphans)
        {
            await store.Delete(key.ToString("x32", CultureInfo.InvariantCulture), cancellation);
            OrphansDeleted.Add(1);
        }

        if (orphans.Count > 0)
            LogDeleted(orphans.Count, old);
    }

    private async IAsyncEnumerable<UInt128> ListOldObjects(DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in store.List(cancellation))
        {
            if (found.ModifiedAt < before)
                yield return ParseKey(found.ObjectKey);
        }
    }

    private static UInt128 ParseKey(string key) => UInt128.Parse(key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private bool IsFirstSilo() =>
        silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Min() is { } first && first.Equals(silo.SiloAddress);

    [LoggerMessage(1, LogLevel.Warning, "Deleted {Count} orphaned media objects of {Old} old ones.")]
    private partial void LogDeleted(int count, long old);

    [LoggerMessage(2, LogLevel.Error,
        "At least {Count} of {Old} old media objects appear orphaned: too many to be true. None was deleted. Is this the right store?")]
    private partial void LogImplausible(int count, long old);

    [LoggerMessage(4, LogLevel.Error, "The media store belongs to another deployment, or this one has no key yet. Nothing is deleted.")]
    private partial void LogForeign();

    [LoggerMessage(3, LogLevel.Warning, "Deleting orphaned media failed ({Error}); will retry.")]
    private partial void LogFailure(string error);
}
