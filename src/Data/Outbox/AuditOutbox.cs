using System.Text.Json;
using Replays.Data.Incidents;
using Replays.Grains.AuditTrail;

namespace Replays.Data.Outbox;

/// <summary>Audit entries of changes made in SQL instead of a grain, written in the same transaction and published by any silo.</summary>
internal sealed class AuditOutbox(DbDataSource database, IGrainFactory grains)
{
    private const int BatchSize = 200;

    public static Task Add(DbConnection connection, PatientId patient, AuditEntry entry, CancellationToken cancellation) =>
        connection.Statement(
            "INSERT INTO replays_audit_outbox (id, patient, entry, recorded_at) VALUES (@id, @patient, @entry, @at)",
            ("id", entry.Id.ToString("n")), ("patient", patient.Value), ("entry", JsonSerializer.Serialize(entry, IncidentJson.Options)),
            ("at", entry.At.ToUnixTimeMilliseconds())).Execute(cancellation);

    public async Task<bool> HasUnpublished(PatientId patient, CancellationToken cancellation) =>
        (await database.Rows("SELECT 1 FROM replays_audit_outbox WHERE patient = @patient LIMIT 1", [("patient", patient.Value)],
            _ => true, cancellation)).Count > 0;

    /// <summary>Publishes the oldest entries in order. A failure for one trail does not delay the others.</summary>
    /// <returns>The last failure, if any.</returns>
    public async Task<Exception?> PublishAll(CancellationToken cancellation)
    {
        Exception? failure = null;
        var entries = await database.Rows(
            "SELECT id, patient, entry FROM replays_audit_outbox ORDER BY recorded_at, id LIMIT @limit", [("limit", BatchSize)],
            row => (Id: row.GetString(0), Patient: row.GetString(1), Entry: row.GetString(2)), cancellation);
        foreach (var (id, patient, entry) in entries)
        {
            try
            {
                await grains.AuditTrail(PatientId.Parse(patient))
                    .Append([JsonSerializer.Deserialize<AuditEntry>(entry, IncidentJson.Options)!]);
                await database.Execute("DELETE FROM replays_audit_outbox WHERE id = @id", [("id", id)], cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                failure = e;
            }
        }
        return failure;
    }
}
