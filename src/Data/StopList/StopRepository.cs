using System.Collections.Immutable;
using System.Data;
using System.Data.Common;
using System.Text.Json;
using Npgsql;
using Replays.Data.Incidents;
using Replays.Data.Outbox;
using Replays.Data.Sql;
using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>
/// The rows of the stop list. Every change first takes the version's row, so that changes come one after the other and a reader who saw a
/// version saw all before it.
/// </summary>
internal sealed class StopRepository(DbDataSource database, TimeProvider time)
{
    private const string Columns = "kind, target, scope, incident, by_subject, by_role, stopped_at, reason";

    /// <summary>The rows of a JSON array of strings.</summary>
    private readonly string _each =
        database is NpgsqlDataSource ? "json_array_elements_text(CAST(@names AS json)) AS each(value)" : "json_each(@names) AS each";

    public async Task<QuarantineResult> Quarantine(IncidentReport report, bool evenIfHeld, CancellationToken cancellation)
    {
        IncidentReport? earlier = null;
        var isNew = false;
        await Change(async (connection, transaction) =>
        {
            earlier = await Report(connection, transaction, "id = @id", [("id", report.Id)], cancellation);
            if (earlier is not null)
                return false;
            var names = await Insert(connection, transaction, StopKind.Quarantine, Names(report.Recordings), report.Id, report.By, report.Reason,
                report.ReportedAt, cancellation);
            var held = evenIfHeld ? Names(report.Recordings) : names;
            isNew = evenIfHeld || held.Count > 0;
            if (!isNew)
            {
                earlier = await Report(connection, transaction, $"""
                    is_open = 1 AND reporter = @reporter AND id IN (
                        SELECT incident FROM replays_stop JOIN {_each} ON target = each.value WHERE kind = 0)
                    """, [("reporter", report.By.Subject), ("names", Json(Names(report.Recordings)))], cancellation);
                return false;
            }
            report = report with { Recordings = [.. held.Select(name => RecordingId.Parse(name))] };
            await IncidentLog.Insert(connection, transaction, report, 1, cancellation);
            await Hold(connection, transaction, report.Id, held, cancellation);
            return true;
        }, cancellation);
        return new(isNew ? report : earlier, isNew);
    }

    public Task Quarantine(string incident, ImmutableArray<RecordingId> recordings, Actor by, CancellationToken cancellation) =>
        Change(async (connection, transaction) =>
        {
            var names = Names(recordings);
            await Insert(connection, transaction, StopKind.Quarantine, names, incident, by, null, time.GetUtcNow(), cancellation);
            await Hold(connection, transaction, incident, names, cancellation);
            return true;
        }, cancellation);

    public Task Restore(string incident, CancellationToken cancellation) => Change(async (connection, transaction) =>
    {
        const string Another = """
            SELECT min(held.incident) FROM replays_incident_recording held JOIN replays_incident other ON other.id = held.incident
            WHERE held.recording = replays_stop.target AND other.is_open = 1 AND other.id <> @incident
            """;
        await connection.Statement(transaction, $"""
            UPDATE replays_stop SET incident = ({Another}) WHERE incident = @incident AND kind = 0 AND ({Another}) IS NOT NULL
            """, ("incident", incident)).Execute(cancellation);
        await Release(connection, transaction, incident, cancellation);
        return true;
    }, cancellation);

    public Task Withdraw(string incident, Actor by, CancellationToken cancellation) => Change(async (connection, transaction) =>
    {
        await connection.Statement(transaction, """
            INSERT INTO replays_stop (kind, target, scope, incident, by_subject, by_role, stopped_at, reason)
            SELECT 1, recording, 0, incident, @subject, @role, @now, 'withdrawn' FROM replays_incident_recording WHERE incident = @incident
            ON CONFLICT DO NOTHING
            """, ("incident", incident), ("subject", by.Subject), ("role", by.Role), ("now", Now())).Execute(cancellation);
        await Release(connection, transaction, incident, cancellation);
        return true;
    }, cancellation);

    public Task Withdraw(ImmutableArray<RecordingId> recordings, Actor by, string reason, CancellationToken cancellation) =>
        Change(async (connection, transaction) => (await Insert(connection, transaction, StopKind.Withdrawal, Names(recordings), null, by, reason,
            time.GetUtcNow(), cancellation)).Count > 0, cancellation);

    public Task Suspend(PatientId? patient, StopScope scope, Actor by, string reason, CancellationToken cancellation) =>
        Change(async (connection, transaction) =>
        {
            await connection.Statement(transaction, $"""
                INSERT INTO replays_stop ({Columns}) VALUES (2, @target, @scope, NULL, @subject, @role, @now, @reason)
                ON CONFLICT (target, kind) DO UPDATE SET scope = excluded.scope, by_subject = excluded.by_subject,
                    by_role = excluded.by_role, stopped_at = excluded.stopped_at, reason = excluded.reason
                """, ("target", Stop.TargetOf(patient)), ("scope", (int)scope), ("subject", by.Subject), ("role", by.Role),
                ("now", Now()), ("reason", reason)).Execute(cancellation);
            await AddSuspensionChange(connection, transaction, patient, scope, by, reason, cancellation);
            await AddAuditEntry(connection, transaction, patient, "playback.suspended", by, $"{scope}: {reason}", cancellation);
            return true;
        }, cancellation);

    public Task Resume(PatientId? patient, Actor by, string reason, CancellationToken cancellation) => Change(async (connection, transaction) =>
    {
        if (await connection.Statement(transaction, "DELETE FROM replays_stop WHERE kind = 2 AND target = @target",
            ("target", Stop.TargetOf(patient))).Execute(cancellation) == 0)
            return false;
        await AddSuspensionChange(connection, transaction, patient, null, by, reason, cancellation);
        await AddAuditEntry(connection, transaction, patient, "playback.resumed", by, reason, cancellation);
        return true;
    }, cancellation);

    public async Task<ImmutableArray<SuspensionChange>> GetHistory(PatientId? patient, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.Statement(
            "SELECT scope, reason, by_subject, by_role, turned_at FROM replays_suspension_history WHERE target = @target ORDER BY number DESC LIMIT 100",
            ("target", Stop.TargetOf(patient))).Rows(row => new SuspensionChange(
                row.IsDBNull(0) ? null : (StopScope)row.GetInt32(0), row.GetString(1), new(row.GetString(2), row.GetString(3)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4))), cancellation)];
    }

    public async Task<bool> Erase(PatientId patient, Actor by, CancellationToken cancellation)
    {
        var refused = false;
        await Change(async (connection, transaction) =>
        {
            refused = await IncidentLog.IsInOpenIncident(connection, transaction, patient, cancellation);
            if (refused || (await Insert(connection, transaction, StopKind.Erasure, [patient.Name], null, by, null, time.GetUtcNow(), cancellation)) is [])
                return false;
            await AddAuditEntry(connection, transaction, patient, AuditEntryKinds.PatientErased, by, null, cancellation);
            return true;
        }, cancellation);
        return !refused;
    }

    public Task RemoveAll(PatientId patient, CancellationToken cancellation) => Change(async (connection, transaction) =>
    {
        await connection.Statement(transaction, "DELETE FROM replays_suspension_history WHERE target = @patient", ("patient", patient.Name)).Execute(cancellation);
        return await connection.Statement(transaction, "DELETE FROM replays_stop WHERE target = @patient OR target >= @first AND target < @last",
            ("patient", patient.Name), ("first", patient.Name + "/"), ("last", patient.Name + "0")).Execute(cancellation) > 0;
    }, cancellation);

    public async Task<ImmutableArray<Stop>> FindByPatient(PatientId patient, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.Statement(
            $"SELECT {Columns} FROM replays_stop WHERE target = @patient OR target >= @first AND target < @last",
            ("patient", patient.Name), ("first", patient.Name + "/"), ("last", patient.Name + "0")).Rows(ReadStop, cancellation)];
    }

    /// <summary>The version, and whether this silo is still a living member, where there is a silo.</summary>
    public static long? ReadVersion(DbConnection connection, SiloMember? silo)
    {
        using var command = silo is null
            ? connection.Statement("SELECT version FROM replays_stop_version")
            : connection.Statement("""
                SELECT version FROM replays_stop_version WHERE EXISTS (
                    SELECT 1 FROM replays_silo WHERE deployment_id = @deployment AND address = @address AND port = @port
                        AND generation = @generation AND status < 6 /* SiloStatus.Dead */)
                """, ("deployment", silo.Deployment), ("address", silo.Address), ("port", silo.Port), ("generation", silo.Generation));
        return command.ExecuteScalar() is { } version ? Convert.ToInt64(version) : null;
    }

    public static List<Stop> ReadAll(DbConnection connection)
    {
        using var command = connection.Statement($"SELECT {Columns} FROM replays_stop");
        using var reader = command.ExecuteReader();
        var stops = new List<Stop>();
        while (reader.Read())
            stops.Add(ReadStop(reader));
        return stops;
    }

    /// <summary>How an incident came to be known, the oldest of those that fulfil a condition; null: there is none.</summary>
    private static async Task<IncidentReport?> Report(
        DbConnection connection, DbTransaction transaction, string condition, (string, object?)[] parameters, CancellationToken cancellation)
    {
        var reports = await connection.Statement(
            transaction, $"SELECT report FROM replays_incident WHERE {condition} ORDER BY reported_at, id LIMIT 1", parameters)
            .Rows(row => row.GetString(0), cancellation);
        return reports is [var report] ? JsonSerializer.Deserialize<IncidentReport>(report, IncidentJson.Options) : null;
    }

    private async Task<List<string>> Insert(
        DbConnection connection, DbTransaction transaction, StopKind kind, IReadOnlyList<string> names, string? incident, Actor by, string? reason,
        DateTimeOffset at, CancellationToken cancellation) =>
        await connection.Statement(transaction, $"""
            INSERT INTO replays_stop ({Columns})
            SELECT @kind, each.value, 0, @incident, @subject, @role, @now, @reason FROM {_each}
            WHERE NOT EXISTS (SELECT 1 FROM replays_stop gone WHERE gone.target = each.value AND gone.kind = 1 /* withdrawn: nothing is left to stop */
                OR gone.kind = 3 /* being erased */ AND substr(each.value, 1, length(gone.target) + 1) = gone.target || '/')
            ON CONFLICT DO NOTHING RETURNING target
            """, ("kind", (int)kind), ("names", Json(names)), ("incident", incident),
            ("subject", by.Subject), ("role", by.Role), ("now", at.ToUnixTimeMilliseconds()), ("reason", reason))
            .Rows(row => row.GetString(0), cancellation);

    /// <summary>
    /// The incident quarantines nothing any more, and is resolved at the same moment: another that is restored beside it leaves nothing to it.
    /// </summary>
    private static async Task Release(DbConnection connection, DbTransaction transaction, string incident, CancellationToken cancellation)
    {
        await connection.Statement(transaction, "DELETE FROM replays_stop WHERE incident = @incident AND kind = 0", ("incident", incident))
            .Execute(cancellation);
        await connection.Statement(transaction, "UPDATE replays_incident SET is_open = 0 WHERE id = @incident", ("incident", incident))
            .Execute(cancellation);
    }

    private Task Hold(DbConnection connection, DbTransaction transaction, string incident, IReadOnlyList<string> names, CancellationToken cancellation) =>
        connection.Statement(transaction, $"""
            INSERT INTO replays_incident_recording (recording, incident)
            SELECT each.value, @incident FROM {_each} WHERE 1 = 1 ON CONFLICT DO NOTHING
            """, ("names", Json(names)), ("incident", incident)).Execute(cancellation);

    private Task AddSuspensionChange(
        DbConnection connection, DbTransaction transaction, PatientId? patient, StopScope? off, Actor by, string reason, CancellationToken cancellation) =>
        connection.Statement(transaction, """
            INSERT INTO replays_suspension_history (target, scope, by_subject, by_role, turned_at, reason) VALUES (@target, @scope, @subject, @role, @now, @reason)
            """, ("target", Stop.TargetOf(patient)), ("scope", (int?)off), ("subject", by.Subject), ("role", by.Role), ("now", Now()),
            ("reason", reason)).Execute(cancellation);

    /// <summary>What the patient's trail is to be told: in the same transaction as the change, so that neither is without the other.</summary>
    private async Task AddAuditEntry(
        DbConnection connection, DbTransaction transaction, PatientId? patient, string kind, Actor by, string? detail, CancellationToken cancellation)
    {
        if (patient is not { } told)
            return;
        var entry = new AuditEntry { Id = Guid.NewGuid(), At = time.GetUtcNow(), Kind = kind, By = by, Subject = told.Name, Detail = detail };
        await AuditOutbox.Add(connection, transaction, told, entry, cancellation);
    }

    /// <summary>Makes a change and raises the version with it, or neither.</summary>
    private async Task Change(Func<DbConnection, DbTransaction, Task<bool>> change, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
        await connection.Statement(transaction, "UPDATE replays_stop_version SET version = version + 1").Execute(cancellation);
        if (await change(connection, transaction))
            await transaction.CommitAsync(cancellation);
        else
            await transaction.RollbackAsync(cancellation);
    }

    private static string Json(IReadOnlyList<string> names) => JsonSerializer.Serialize(names, IncidentJson.Options);

    private static List<string> Names(ImmutableArray<RecordingId> recordings) => [.. recordings.Select(recording => recording.Name).Distinct()];

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static Stop ReadStop(DbDataReader row) => new()
    {
        Kind = (StopKind)row.GetInt32(0),
        Target = row.GetString(1),
        Scope = (StopScope)row.GetInt32(2),
        Incident = row.IsDBNull(3) ? null : row.GetString(3),
        By = new(row.GetString(4), row.GetString(5)),
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
        Reason = row.IsDBNull(7) ? null : row.GetString(7),
    };
}
