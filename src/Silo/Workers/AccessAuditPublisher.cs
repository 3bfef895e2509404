using System.Security.Cryptography;
using System.Text;
using Replays.Data.Exposure;
using Replays.Grains.AuditTrail;

namespace Replays.Silo.Workers;

/// <summary>
/// Publishes listings and playbacks to the audit trails; runs in every silo. Entry ids are derived from the rows, so that publishing twice
/// is harmless, and a row is marked only after its entry was appended, so that none is lost.
/// </summary>
internal sealed partial class AccessAuditPublisher(
    AccessOutbox outbox, IGrainFactory grains, TimeProvider time, ILogger<AccessAuditPublisher> logger) : BackgroundService
{
    private const int BatchSize = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stopping) => BackgroundWork.Repeat(Interval, time, async () =>
    {
        await Publish(AccessTable.Listings, "access.listed", ListingEntryId, stopping);
        await Publish(AccessTable.Playbacks, "access.opened", access => new Guid(access.Key), stopping);
    }, LogFailure, stopping);

    private static Guid ListingEntryId(UnpublishedAccess access) => new(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"access.listed/{access.Recording}/{access.By.Role}/{access.By.Subject}/{access.Detail}")).AsSpan(0, 16));

    private async Task Publish(AccessTable table, string kind, Func<UnpublishedAccess, Guid> id, CancellationToken cancellation)
    {
        for (var (read, failed) = (BatchSize, 0); read == BatchSize;)
        {
            var accesses = await outbox.Read(table, BatchSize, skip: failed, cancellation);
            read = accesses.Count;
            foreach (var group in accesses.GroupBy(access => (access.Recording.Patient, access.By, access.Detail)))
            {
                var entries = group.DistinctBy(access => access.Key).Select(access => new AuditEntry
                {
                    Id = id(access),
                    At = access.At,
                    Kind = kind,
                    By = access.By,
                    Subject = access.Recording.Name,
                    Detail = access.Detail is "" ? null : access.Detail,
                });
                var isPublished = await BackgroundWork.Try(async () =>
                {
                    await grains.AuditTrail(group.Key.Patient).Append([.. entries]);
                    await outbox.MarkPublished(table, group.Key.By, group.Key.Detail, group.Select(access => access.Key), cancellation);
                }, LogFailure, cancellation);
                failed += isPublished ? 0 : group.Count(); // skipped, so that one failing trail does not delay the others
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Publishing accesses to audit trails failed ({Error}); will retry.")]
    private partial void LogFailure(string error);
}
