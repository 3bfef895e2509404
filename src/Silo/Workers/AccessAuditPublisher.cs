using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Replays.Data.Exposure;
using Replays.Data.Sql;
using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;

namespace Replays.Silo.Workers;

/// <summary>
/// In every silo: tells the trails of who was shown what, from the rows that were written then. An entry's id follows from its row, so that
/// telling it twice does no harm, and a row is marked only after its trail has it, so that none is lost.
/// </summary>
internal sealed partial class AccessAuditPublisher(DbDataSource database, IGrainFactory grains, TimeProvider time, ILogger<AccessAuditPublisher> logger) : BackgroundService
{
    private const int BatchSize = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string _each = ExposureLog.EachName(database);

    private sealed record Access(string Key, RecordingId Recording, Actor By, string Detail, DateTimeOffset At);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await Publish("replays_listing", "recording", "first_at", "access.listed", ListingEntryId, stopping);
                await Publish("replays_playback", "playback", "begun_at", "access.opened", access => new Guid(access.Key), stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogLater(e.GetType().Name);
            }
        }
    }

    private static Guid ListingEntryId(Access access) => new(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"access.listed/{access.Recording}/{access.By.Role}/{access.By.Subject}/{access.Detail}")).AsSpan(0, 16));

    private async Task Publish(string table, string key, string at, string kind, Func<Access, Guid> id, CancellationToken cancellation)
    {
        for (var (read, failed) = (BatchSize, 0); read == BatchSize;)
        {
            var rows = await ReadUnpublished(table, key, at, failed, cancellation);
            read = rows.Count;
            foreach (var one in rows.GroupBy(access => (access.Recording.Patient, access.By, access.Detail)))
            {
                var entries = one.DistinctBy(access => access.Key).Select(access => new AuditEntry
                {
                    Id = id(access),
                    At = access.At,
                    Kind = kind,
                    By = access.By,
                    Subject = access.Recording.Name,
                    Detail = access.Detail is "" ? null : access.Detail,
                });
                try
                {
                    await grains.AuditTrail(one.Key.Patient).Append([.. entries]);
                    await MarkPublished(table, key, one.Key.By, one.Key.Detail, one.Select(access => access.Key), cancellation);
                }
                catch (Exception e) when (!cancellation.IsCancellationRequested)
                {
                    failed += one.Count(); // one trail that refuses keeps none of the others back
                    LogLater(e.GetType().Name);
                }
            }
        }
    }

    private async Task<List<Access>> ReadUnpublished(string table, string key, string at, int skip, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.Statement(
            $"SELECT {key}, recording, principal, role, detail, {at} FROM {table} WHERE is_published = 0 ORDER BY {at} LIMIT @limit OFFSET @skip",
            ("limit", BatchSize), ("skip", skip)).Rows(row => new Access(
                row.GetString(0), RecordingId.Parse(row.GetString(1)), new(row.GetString(2), row.GetString(3)), row.GetString(4),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5))), cancellation);
    }

    private async Task MarkPublished(string table, string key, Actor by, string detail, IEnumerable<string> keys, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.Statement($"""
            UPDATE {table} SET is_published = 1
            WHERE is_published = 0 AND principal = @principal AND role = @role AND detail = @detail AND {key} IN (SELECT each.value FROM {_each})
            """, ("names", JsonSerializer.Serialize(keys)), ("principal", by.Subject), ("role", by.Role), ("detail", detail)).Execute(cancellation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Audit trails could not be told of accesses now ({Cause}); tried again.")]
    private partial void LogLater(string cause);
}
