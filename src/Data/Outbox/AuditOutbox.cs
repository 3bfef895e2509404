using System.Data.Common;
using System.Text.Json;
using Replays.Data.Incidents;
using Replays.Data.Sql;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;

namespace Replays.Data.Outbox;

/// <summary>
/// Audit entries of changes that are rows of the database and no grain's: written with the change, told to the trails soon after, by any silo.
/// </summary>
internal sealed class AuditOutbox(DbDataSource database, IGrainFactory grains)
{
    private const int BatchSize = 200;

    public static Task Add(DbConnection connection, DbTransaction transaction, PatientId patient, AuditEntry entry, CancellationToken cancellation) =>
        connection.Statement(transaction, "INSERT INTO replays_audit_outbox (id, patient, entry, noted_at) VALUES (@id, @patient, @entry, @at)",
            ("id", entry.Id.ToString("n")), ("patient", patient.Value), ("entry", JsonSerializer.Serialize(entry, IncidentJson.Options)),
            ("at", entry.At.ToUnixTimeMilliseconds())).Execute(cancellation);

    /// <summary>Whether a patient's trail is still to be told something.</summary>
    public async Task<bool> HasUnpublished(PatientId patient, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.Statement("SELECT 1 FROM replays_audit_outbox WHERE patient = @patient LIMIT 1", ("patient", patient.Value))
            .Rows(row => true, cancellation)).Count > 0;
    }

    /// <summary>Tells what there is, in order. One trail that refuses keeps none of the others back.</summary>
    /// <returns>The last failure; null: none.</returns>
    public async Task<Exception?> PublishAll(CancellationToken cancellation)
    {
        Exception? failure = null;
        foreach (var (id, patient, entry) in await ReadUnpublished(cancellation))
        {
            try
            {
                await grains.AuditTrail(PatientId.Parse(patient)).Append([JsonSerializer.Deserialize<AuditEntry>(entry, IncidentJson.Options)!]);
                await using var connection = await database.OpenConnectionAsync(cancellation);
                await connection.Statement("DELETE FROM replays_audit_outbox WHERE id = @id", ("id", id)).Execute(cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                failure = e;
            }
        }
        return failure;
    }

    private async Task<List<(string Id, string Patient, string Entry)>> ReadUnpublished(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.Statement("SELECT id, patient, entry FROM replays_audit_outbox ORDER BY noted_at, id LIMIT @limit", ("limit", BatchSize))
            .Rows(row => (row.GetString(0), row.GetString(1), row.GetString(2)), cancellation);
    }
}
