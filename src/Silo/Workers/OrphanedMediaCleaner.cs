using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Replays.Data.GrainStorage;
using Replays.Grains;
using Replays.Media.Stores;

namespace Replays.Silo.Workers;

/// <summary>
/// Media that nothing refers to are deleted before the upload deadline has passed since they last changed. A consultation refers to an object
/// before there is one, and deletes it before it stops to: what is found here was left by a crash between the two. Four sweeps a deadline, by
/// the first silo of the cluster, and only in a store of its own deployment.
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
    /// <summary>Objects compared at once: about 50 MB. A store with more is compared in several passes.</summary>
    private const int MaxObjectsPerPass = 500_000;

    /// <summary>
    /// More than this, and more than a tenth, is no crash: the store is another deployment's, or the database an old one. Then nothing is deleted.
    /// </summary>
    private const int MaxPlausibleOrphans = 100;

    private static readonly Counter<long> OrphansDeleted =
        Telemetry.Meter.CreateCounter<long>("replays.media.orphans_deleted", "{object}", "Media objects deleted because nothing refers to them.");

    private TimeSpan Deadline => options.Value.Recordings.UploadDeadline;

    /// <summary>The same in all processes of a deployment, and in no other's: its oldest key and the name of its data. Null while it has no key.</summary>
    private string? Deployment =>
        keys.GetAllKeys().MinBy(key => key.CreationDate) is { } oldest ? $"{cluster.Value.ServiceId} {oldest.KeyId}" : null;

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        // Who never runs for long sweeps all the same.
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
                LogLater(e.GetType().Name);
            }
        }
    }

    private async Task DeleteOrphans(CancellationToken cancellation)
    {
        if (Deployment is not { } own || !await store.Claim(own, cancellation))
        {
            LogForeign();
            return;
        }

        var before = time.GetUtcNow() - Deadline / 2;
        long old = 0;
        await foreach (var _ in ListOldObjects(before, cancellation))
            old++;

        List<UInt128> unreferenced = [];
        var passes = (uint)(old / MaxObjectsPerPass) + 1;
        for (uint pass = 0; pass < passes; pass++)
        {
            HashSet<UInt128> left = [];
            await foreach (var key in ListOldObjects(before, cancellation))
            {
                if (key % passes == pass)
                    left.Add(key);
            }

            // After the store, so that nothing is missed that came between.
            await references.Read(key => left.Remove(ParseKey(key)), cancellation);
            unreferenced.AddRange(left);
            if (unreferenced.Count > Math.Max(MaxPlausibleOrphans, old / 10))
            {
                LogImplausible(unreferenced.Count, old);
                return;
            }
        }

        foreach (var key in unreferenced)
        {
            await store.Delete(key.ToString("x32", CultureInfo.InvariantCulture), cancellation);
            OrphansDeleted.Add(1);
        }

        if (unreferenced.Count > 0)
            LogDeleted(unreferenced.Count, old);
    }

    private async IAsyncEnumerable<UInt128> ListOldObjects(
        DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellation)
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

    [LoggerMessage(1, LogLevel.Warning, "{Count} media objects that nothing refers to were deleted, of {Old} old ones.")]
    private partial void LogDeleted(int count, long old);

    [LoggerMessage(2, LogLevel.Error,
        "{Count} or more of {Old} media objects have nothing that refers to them: too many to be true, none was deleted. Is the store this deployment's own?")]
    private partial void LogImplausible(int count, long old);

    [LoggerMessage(4, LogLevel.Error, "The media store is another deployment's, or this one has no key: nothing is swept.")]
    private partial void LogForeign();

    [LoggerMessage(3, LogLevel.Warning, "Media could not be swept now ({Cause}); tried again.")]
    private partial void LogLater(string cause);
}
