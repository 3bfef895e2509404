using System.Data;
using System.Text.Json;
using Replays.Data.Incidents;
using Replays.Data.Outbox;
using Replays.Grains.AuditTrail;
using Replays.Grains.Incidents;
using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>
/// Changes the stop list. Every change updates the version row first. Its lock serializes changes, so a reader that sees a version sees all
/// changes up to it.
/// </summary>
internal sealed class StopRepository(DbDataSource database, TimeProvider time)
{
    private readonly string _each = NameSql.Each(database);

    public async Task<QuarantineResult> Quarantine(IncidentReport report, bool evenIfQuarantined, CancellationToken cancellation)
    {
        IncidentReport? existing = null;
        var isNew = false;
        await Change(async connection =>
        {
            existing = await FindReport(connection, "id = @id", [("id", report.Id)], cancellation);
            if (existing is not null)
                return false;
            var reported = Names(report.Recordings);
            var quarantined = await Insert(
                connection, StopKind.Quarantine, reported, report.Id, report.By, report.Reason, report.ReportedAt, cancellation);
            var held = evenIfQuarantined ? reported : quarantined;
            isNew = evenIfQuarantined || held.Count > 0;
            if (!isNew)
            {
                existing = await FindReport(connection, $"""
                    is_open = 1 AND reporter = @reporter AND id IN (
                        SELECT incident FROM replays_stop JOIN {_each} ON target = each.value WHERE kind = 0)
                    """, [("reporter", report.By.Subject), NameSql.Names(reported)], cancellation);
                return false;
            }
            report = report with { Recordings = [.. held.Select(name => RecordingId.Parse(name))] };
            await IncidentLog.Insert(connection, report, 1, cancellation);
            await AddToIncident(connection, report.Id, held, cancellation);
            return true;
        }, cancellation);
        return new(isNew ? report : existing, isNew);
    }

    public Task Quarantine(string incident, ImmutableArray<RecordingId> recordings, Actor by, CancellationToken cancellation) =>
        Change(async connection =>
        {
            var names = Names(recordings);
            await Insert(connection, StopKind.Quarantine, names, incident, by, null, time.GetUtcNow(), cancellation);
            await AddToIncident(connection, incident, names, cancellation);
            return true;
        }, cancellation);

    public Task Restore(string incident, CancellationToken cancellation) => Change(async connection =>
    {
        const string OtherOpen = """
            SELECT min(held.incident) FROM replays_incident_recording held JOIN replays_incident other ON other.id = held.incident
            WHERE held.recording = replays_stop.target AND other.is_open = 1 AND other.id <> @incident
            """;
        await connection.Statement($"""
            UPDATE replays_stop SET incident = ({OtherOpen}) WHERE incident = @incident AND kind = 0 AND ({OtherOpen}) IS NOT NULL
            """, ("incident", incident)).Execute(cancellation);
        await Resolve(connection, incident, cancellation);
        return true;
    }, cancellation);

    public Task Withdraw(string incident, Actor by, CancellationToken cancellation) => Change(async connection =>
    {
        await connection.Statement($"""
            INSERT INTO replays_stop ({StopRows.Columns})
            SELECT 1, recording, 0, incident, @subject, @role, @now, 'withdrawn' FROM replays_incident_recording WHERE incident = @incident
            ON CONFLICT DO NOTHING
            """, ("incident", incident), ("subject", by.Subject), ("role", by.Role), ("now", Now())).Execute(cancellation);
        await Resolve(connection, incident, cancellation);
        return true;
    }, cancellation);

    public Task Withdraw(ImmutableArray<RecordingId> recordings, Actor by, string reason, CancellationToken cancellation) =>
        Change(async connection => await Insert(
            connection, StopKind.Withdrawal, Names(recordings), null, by, reason, time.GetUtcNow(), cancellation) is not [], cancellation);

    public Task Suspend(PatientId? patient, StopScope scope, Actor by, string reason, CancellationToken cancellation) =>
        Change(async connection =>
        {
            await connection.Statement($"""
                INSERT INTO replays_stop ({StopRows.Columns}) VALUES (2, @target, @scope, NULL, @subject, @role, @now, @reason)
                ON CONFLICT (target, kind) DO UPDATE SET scope = excluded.scope, by_subject = excluded.by_subject,
                    by_role = excluded.by_role, stopped_at = excluded.stopped_at, reason = excluded.reason
                """, ("target", Stop.TargetOf(patient)), ("scope", (int)scope), ("subject", by.Subject), ("role", by.Role),
                ("now", Now()), ("reason", reason)).Execute(cancellation);
            await SuspensionHistory.Add(connection, patient, scope, by, reason, time.GetUtcNow(), cancellation);
            await AddAuditEntry(connection, patient, "playback.suspended", by, $"{scope}: {reason}", cancellation);
            return true;
        }, cancellation);

    public Task Resume(PatientId? patient, Actor by, string reason, CancellationToken cancellation) => Change(async connection =>
    {
        if (await connection.Statement("DELETE FROM replays_stop WHERE kind = 2 AND target = @target", ("target", Stop.TargetOf(patient)))
            .Execute(cancellation) == 0)
            return false;
        await SuspensionHistory.Add(connection, patient, null, by, reason, time.GetUtcNow(), cancellation);
        await AddAuditEntry(connection, patient, "playback.resumed", by, reason, cancellation);
        return true;
    }, cancellation);

    public async Task<bool> Erase(PatientId patient, Actor by, CancellationToken cancellation)
    {
        var isInOpenIncident = false;
        await Change(async connection =>
        {
            isInOpenIncident = await IncidentLog.IsInOpenIncident(connection, patient, cancellation);
            if (isInOpenIncident
                || await Insert(connection, StopKind.Erasure, [patient.Name], null, by, null, time.GetUtcNow(), cancellation) is [])
                return false;
            await AddAuditEntry(connection, patient, AuditEntryKinds.PatientErased, by, null, cancellation);
            return true;
        }, cancellation);
        return !isInOpenIncident;
    }

    public Task RemoveAll(PatientId patient, CancellationToken cancellation) => Change(async connection =>
    {
        await SuspensionHistory.Remove(connection, patient, cancellation);
        return await connection.Statement($"DELETE FROM replays_stop WHERE {StopRows.OfPatient}", StopRows.PatientParameters(patient))
            .Execute(cancellation) > 0;
    }, cancellation);

    /// <summary>Finds the oldest incident that matches the condition.</summary>
    private static async Task<IncidentReport?> FindReport(
        DbConnection connection, string condition, (string, object?)[] parameters, CancellationToken cancellation)
    {
        var reports = await connection.Statement(
            $"SELECT report FROM replays_incident WHERE {condition} ORDER BY reported_at, id LIMIT 1", parameters)
            .Rows(row => row.GetString(0), cancellation);
        return reports is [var report] ? JsonSerializer.Deserialize<IncidentReport>(report, IncidentJson.Options) : null;
    }

    /// <summary>Inserts the stops that do not exist yet, except for withdrawn recordings and patients being erased.</summary>
    /// <returns>The inserted targets.</returns>
    private Task<List<string>> Insert(
        DbConnection connection, StopKind kind, IReadOnlyList<string> names, string? incident, Actor by, string? reason,
        DateTimeOffset at, CancellationToken cancellation) =>
        connection.Statement($"""
            INSERT INTO replays_stop ({StopRows.Columns})
            SELECT @kind, each.value, 0, @incident, @subject, @role, @now, @reason FROM {_each}
            WHERE NOT EXISTS (SELECT 1 FROM replays_stop gone WHERE gone.target = each.value AND gone.kind = 1
                OR gone.kind = 3 AND substr(each.value, 1, length(gone.target) + 1) = gone.target || '/')
            ON CONFLICT DO NOTHING RETURNING target
            """, ("kind", (int)kind), NameSql.Names(names), ("incident", incident),
            ("subject", by.Subject), ("role", by.Role), ("now", at.ToUnixTimeMilliseconds()), ("reason", reason))
            .Rows(row => row.GetString(0), cancellation);

    /// <summary>
    /// Lifts the quarantines and closes the incident in one transaction, so that restoring another incident cannot hand recordings to one that
    /// is closing.
    /// </summary>
    private static async Task Resolve(DbConnection connection, string incident, CancellationToken cancellation)
    {
        await connection.Statement("DELETE FROM replays_stop WHERE incident = @incident AND kind = 0", ("incident", incident))
            .Execute(cancellation);
        await connection.Statement("UPDATE replays_incident SET is_open = 0 WHERE id = @incident", ("incident", incident))
            .Execute(cancellation);
    }

    private Task AddToIncident(DbConnection connection, string incident, IReadOnlyList<string> names, CancellationToken cancellation) =>
        connection.Statement($"""
            INSERT INTO replays_incident_recording (recording, incident)
            SELECT each.value, @incident FROM {_each} WHERE 1 = 1 ON CONFLICT DO NOTHING
            """, NameSql.Names(names), ("incident", incident)).Execute(cancellation);

    /// <summary>Writes the audit entry to the outbox, in the same transaction as the change.</summary>
    private async Task AddAuditEntry(
        DbConnection connection, PatientId? patient, string kind, Actor by, string? detail, CancellationToken cancellation)
    {
        if (patient is not { } owner)
            return;
        var now = time.GetUtcNow();
        var entry = new AuditEntry { Id = Guid.NewGuid(), At = now, Kind = kind, By = by, Subject = owner.Name, Detail = detail };
        await AuditOutbox.Add(connection, owner, entry, cancellation);
    }

    /// <summary>Increments the version and runs a change in one transaction. Rolls back if the change returns false or throws.</summary>
    private async Task Change(Func<DbConnection, Task<bool>> change, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
        await connection.Statement("UPDATE replays_stop_version SET version = version + 1").Execute(cancellation);
        if (await change(connection))
            await transaction.CommitAsync(cancellation);
        else
            await transaction.RollbackAsync(cancellation);
    }

    private static List<string> Names(ImmutableArray<RecordingId> recordings) =>
        [.. recordings.Select(recording => recording.Name).Distinct()];

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
