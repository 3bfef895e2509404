using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Replays.Data.Sql;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Data.Incidents;

internal sealed class IncidentLog(DbDataSource database, TimeProvider time) : IIncidentLog
{
    private const string Columns = "report, is_open, due_at, times, id";
    private const long Never = long.MaxValue;

    /// <summary>Recordings a listed incident is told with; one incident alone is told with all.</summary>
    private const int ListedRecordings = 100;

    public async Task<IncidentSummary?> Find(string id, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.Statement($"SELECT {Columns} FROM replays_incident WHERE id = @id", ("id", id)).Rows(Read, cancellation);
        return rows is [var row] ? row with { Recordings = await Recordings(connection, id, int.MaxValue, cancellation) } : null;
    }

    public Task<ImmutableArray<IncidentSummary>> List(bool? open, int limit, IncidentCursor? after, CancellationToken cancellation) =>
        Query($"""
            SELECT {Columns} FROM replays_incident
            WHERE is_open >= @least AND is_open <= @most
                AND (1 - is_open > @afterClosed OR 1 - is_open = @afterClosed AND (due_at > @afterDue OR due_at = @afterDue AND id > @afterId))
            ORDER BY is_open DESC, due_at, id LIMIT @limit
            """,
            [
                ("least", open is true ? 1 : 0), ("most", open is false ? 0 : 1), ("limit", Math.Clamp(limit, 1, 100)),
                ("afterClosed", after is null ? -1 : after.IsOpen ? 0 : 1), ("afterDue", Due(after?.DueAt)), ("afterId", after?.Id ?? ""),
            ], cancellation);

    public Task<ImmutableArray<IncidentSummary>> FindByReporter(string subject, CancellationToken cancellation) =>
        Query($"SELECT {Columns} FROM replays_incident WHERE reporter = @subject ORDER BY reported_at DESC, id LIMIT 100", [("subject", subject)], cancellation);

    public async Task<string?> FindNewestIfMany(string subject, int many, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var newest = await connection.Statement(
            "SELECT id FROM replays_incident WHERE reporter = @subject AND is_open = 1 ORDER BY reported_at DESC, id LIMIT @many",
            ("subject", subject), ("many", many)).Rows(row => row.GetString(0), cancellation);
        return newest.Count == many ? newest[0] : null;
    }

    public async Task RecordOccurrence(IncidentReport report, long times, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Insert(connection, null, report, times, cancellation);
    }

    public async Task MarkUnprocessed(string id, CancellationToken cancellation) =>
        await Update("UPDATE replays_incident SET is_processed = 0 WHERE id = @id", [("id", id)], cancellation);

    public async Task MarkProcessed(string id, bool open, DateTimeOffset? dueAt, CancellationToken cancellation) =>
        await Update("UPDATE replays_incident SET is_processed = 1, is_open = @open, due_at = @due WHERE id = @id",
            [("id", id), ("open", open ? 1 : 0), ("due", Due(dueAt))], cancellation);

    public async Task<ImmutableArray<string>> FindUnprocessed(TimeSpan olderThan, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.Statement(
            "SELECT id FROM replays_incident WHERE is_processed = 0 AND reported_at < @before ORDER BY reported_at LIMIT 100",
            ("before", (time.GetUtcNow() - olderThan).ToUnixTimeMilliseconds())).Rows(row => row.GetString(0), cancellation)];
    }

    public async Task<(long Open, DateTimeOffset? FirstDue)> GetSummary(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.Statement("SELECT count(*), min(due_at) FROM replays_incident WHERE is_open = 1")
            .Rows(row => (row.GetInt64(0), row.IsDBNull(1) ? null : Due(row.GetInt64(1))), cancellation);
        return rows[0];
    }

    public async Task<bool> IsInOpenIncident(PatientId patient, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await IsInOpenIncident(connection, null, patient, cancellation);
    }

    public static async Task<bool> IsInOpenIncident(
        DbConnection connection, DbTransaction? transaction, PatientId patient, CancellationToken cancellation) =>
        (await connection.Statement(transaction, """
            SELECT 1 FROM replays_incident WHERE is_open = 1 AND (reporter = @subject OR id IN (
                SELECT incident FROM replays_incident_recording WHERE recording >= @first AND recording < @last)) LIMIT 1
            """, ("subject", patient.Value), ("first", patient.Name + "/"), ("last", patient.Name + "0"))
            .Rows(row => true, cancellation)).Count > 0;

    /// <summary>Writes a report down; one of the same id is counted, and open again.</summary>
    public static async Task Insert(
        DbConnection connection, DbTransaction? transaction, IncidentReport report, long times, CancellationToken cancellation) =>
        await connection.Statement(transaction, """
            INSERT INTO replays_incident (id, report, reporter, reported_at, due_at, is_open, is_processed, times)
            VALUES (@id, @report, @reporter, @at, @due, 1, 0, @times)
            ON CONFLICT (id) DO UPDATE SET times = replays_incident.times + excluded.times,
                is_processed = CASE replays_incident.is_open WHEN 1 THEN replays_incident.is_processed ELSE 0 END, is_open = 1
            """, ("id", report.Id), ("report", JsonSerializer.Serialize(report, IncidentJson.Options)), ("reporter", report.By.Subject),
            ("at", report.ReportedAt.ToUnixTimeMilliseconds()), ("due", Due(Incident.DueAt(report.Source, report.ReportedAt))), ("times", times))
            .Execute(cancellation);

    private async Task<ImmutableArray<IncidentSummary>> Query(string sql, (string, object?)[] parameters, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var found = await connection.Statement(sql, parameters).Rows(Read, cancellation);
        for (var i = 0; i < found.Count; i++)
            found[i] = found[i] with { Recordings = await Recordings(connection, found[i].Report.Id, ListedRecordings, cancellation) };
        return [.. found];
    }

    private static async Task<ImmutableArray<RecordingId>> Recordings(DbConnection connection, string id, int limit, CancellationToken cancellation) =>
        [.. await connection.Statement("SELECT recording FROM replays_incident_recording WHERE incident = @id ORDER BY recording LIMIT @limit",
            ("id", id), ("limit", limit)).Rows(row => RecordingId.Parse(row.GetString(0)), cancellation)];

    private async Task Update(string sql, (string, object?)[] parameters, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.Statement(sql, parameters).Execute(cancellation);
    }

    private static IncidentSummary Read(DbDataReader row) => new(
        JsonSerializer.Deserialize<IncidentReport>(row.GetString(0), IncidentJson.Options)!, [], row.GetInt32(1) == 1, Due(row.GetInt64(2)), row.GetInt64(3));

    private static long Due(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() ?? Never;

    private static DateTimeOffset? Due(long at) => at == Never ? null : DateTimeOffset.FromUnixTimeMilliseconds(at);
}
