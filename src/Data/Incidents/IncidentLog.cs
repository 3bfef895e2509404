using System.Text.Json;
using Replays.Grains.Incidents;

namespace Replays.Data.Incidents;

internal sealed class IncidentLog(DbDataSource database, TimeProvider time) : IIncidentLog
{
    private const string Columns = "report, is_open, due_at, occurrences";
    private const long NoDeadline = long.MaxValue;

    /// <summary>Recordings returned per incident of a list. <see cref="Find"/> returns all.</summary>
    private const int MaxListedRecordings = 100;

    public async Task<IncidentSummary?> Find(string id, CancellationToken cancellation)
    {
        var incidents = await Query($"SELECT {Columns} FROM replays_incident WHERE id = @id", [("id", id)], int.MaxValue, cancellation);
        return incidents is [var incident] ? incident : null;
    }

    public Task<ImmutableArray<IncidentSummary>> List(bool? open, int limit, IncidentCursor? after, CancellationToken cancellation) =>
        Query($"""
            SELECT {Columns} FROM replays_incident
            WHERE is_open >= @least AND is_open <= @most
                AND (1 - is_open > @afterClosed
                    OR 1 - is_open = @afterClosed AND (due_at > @afterDue OR due_at = @afterDue AND id > @afterId))
            ORDER BY is_open DESC, due_at, id LIMIT @limit
            """,
            [
                ("least", open is true ? 1 : 0), ("most", open is false ? 0 : 1), ("limit", Math.Clamp(limit, 1, 100)),
                ("afterClosed", after is null ? -1 : after.IsOpen ? 0 : 1), ("afterDue", Due(after?.DueAt)), ("afterId", after?.Id ?? ""),
            ], MaxListedRecordings, cancellation);

    public Task<ImmutableArray<IncidentSummary>> FindByReporter(string subject, CancellationToken cancellation) => Query(
        $"SELECT {Columns} FROM replays_incident WHERE reporter = @subject ORDER BY reported_at DESC, id LIMIT 100",
        [("subject", subject)], MaxListedRecordings, cancellation);

    public async Task<string?> FindNewestIfMany(string subject, int many, CancellationToken cancellation)
    {
        var newest = await database.Rows(
            "SELECT id FROM replays_incident WHERE reporter = @subject AND is_open = 1 ORDER BY reported_at DESC, id LIMIT @many",
            [("subject", subject), ("many", many)], row => row.GetString(0), cancellation);
        return newest.Count == many ? newest[0] : null;
    }

    public async Task RecordOccurrence(IncidentReport report, long occurrences, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Insert(connection, report, occurrences, cancellation);
    }

    public Task MarkUnprocessed(string id, CancellationToken cancellation) =>
        database.Execute("UPDATE replays_incident SET is_processed = 0 WHERE id = @id", [("id", id)], cancellation);

    public Task MarkProcessed(string id, bool open, DateTimeOffset? dueAt, CancellationToken cancellation) =>
        database.Execute("UPDATE replays_incident SET is_processed = 1, is_open = @open, due_at = @due WHERE id = @id",
            [("id", id), ("open", open ? 1 : 0), ("due", Due(dueAt))], cancellation);

    public async Task<ImmutableArray<string>> FindUnprocessed(TimeSpan olderThan, CancellationToken cancellation) =>
        [.. await database.Rows(
            "SELECT id FROM replays_incident WHERE is_processed = 0 AND reported_at < @before ORDER BY reported_at LIMIT 100",
            [("before", (time.GetUtcNow() - olderThan).ToUnixTimeMilliseconds())], row => row.GetString(0), cancellation)];

    public async Task<(long Open, DateTimeOffset? FirstDue)> GetSummary(CancellationToken cancellation) =>
        (await database.Rows("SELECT count(*), min(due_at) FROM replays_incident WHERE is_open = 1", [],
            row => (row.GetInt64(0), row.IsDBNull(1) ? null : Due(row.GetInt64(1))), cancellation))[0];

    public async Task<bool> IsInOpenIncident(PatientId patient, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await IsInOpenIncident(connection, patient, cancellation);
    }

    public static async Task<bool> IsInOpenIncident(DbConnection connection, PatientId patient, CancellationToken cancellation) =>
        (await connection.Statement($"""
            SELECT 1 FROM replays_incident WHERE is_open = 1 AND (reporter = @subject OR id IN (
                SELECT incident FROM replays_incident_recording WHERE {NameSql.InRange("recording")})) LIMIT 1
            """, [("subject", patient.Value), .. NameSql.Range(patient)]).Rows(_ => true, cancellation)).Count > 0;

    /// <summary>Inserts an incident. For an existing id, adds the occurrences and reopens the incident.</summary>
    public static Task Insert(DbConnection connection, IncidentReport report, long occurrences, CancellationToken cancellation) =>
        connection.Statement("""
            INSERT INTO replays_incident (id, report, reporter, reported_at, due_at, is_open, is_processed, occurrences)
            VALUES (@id, @report, @reporter, @at, @due, 1, 0, @occurrences)
            ON CONFLICT (id) DO UPDATE SET occurrences = replays_incident.occurrences + excluded.occurrences,
                is_processed = CASE replays_incident.is_open WHEN 1 THEN replays_incident.is_processed ELSE 0 END, is_open = 1
            """, ("id", report.Id), ("report", JsonSerializer.Serialize(report, IncidentJson.Options)), ("reporter", report.By.Subject),
            ("at", report.ReportedAt.ToUnixTimeMilliseconds()), ("due", Due(Incident.DueAt(report.Source, report.ReportedAt))),
            ("occurrences", occurrences)).Execute(cancellation);

    private async Task<ImmutableArray<IncidentSummary>> Query(
        string sql, (string, object?)[] parameters, int maxRecordings, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var incidents = await connection.Statement(sql, parameters).Rows(Read, cancellation);
        for (var i = 0; i < incidents.Count; i++)
        {
            var recordings = await connection.Statement(
                "SELECT recording FROM replays_incident_recording WHERE incident = @id ORDER BY recording LIMIT @limit",
                ("id", incidents[i].Report.Id), ("limit", maxRecordings)).Rows(row => RecordingId.Parse(row.GetString(0)), cancellation);
            incidents[i] = incidents[i] with { Recordings = [.. recordings] };
        }
        return [.. incidents];
    }

    private static IncidentSummary Read(DbDataReader row) => new(
        JsonSerializer.Deserialize<IncidentReport>(row.GetString(0), IncidentJson.Options)!,
        [],
        row.GetInt32(1) == 1,
        Due(row.GetInt64(2)),
        row.GetInt64(3));

    private static long Due(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() ?? NoDeadline;

    private static DateTimeOffset? Due(long at) => at == NoDeadline ? null : DateTimeOffset.FromUnixTimeMilliseconds(at);
}
