using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Npgsql;
using Replays.Grains.StopList;

namespace Replays.Data.OwnershipAudit;

/// <summary>
/// A consistent, read-only snapshot of the database on a connection of its own, read in batches. Does not block writers, and for SQLite
/// does not occupy the only pooled connection.
/// </summary>
internal sealed class AuditSnapshot : IAsyncDisposable
{
    private const int BatchSize = 256, SmallRowBatchSize = 1_000, TimeoutSeconds = 60;

    /// <summary>Fits the largest rows, audit trail pages.</summary>
    private const int BufferBytes = 64 * 1024;

    private readonly DbConnection _connection;
    private readonly string _serviceId;

    private AuditSnapshot(DbConnection connection, string serviceId) => (_connection, _serviceId) = (connection, serviceId);

    public static async Task<AuditSnapshot> Open(DbDataSource database, string serviceId, CancellationToken cancellation)
    {
        var connection = database is NpgsqlDataSource postgres ? CreateUnpooled(postgres) : (DbConnection)new SqliteConnection(
            new SqliteConnectionStringBuilder(database.ConnectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            cancellation.ThrowIfCancellationRequested();
            connection.Open();
            var begin = database is NpgsqlDataSource ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";
            await Rows(connection.Statement(begin), _ => 0, cancellation);
            // Both databases take the snapshot at the first read, not at BEGIN.
            await Rows(connection.Statement("SELECT id FROM replays_ownership_audit_lease"), row => row.GetInt32(0), cancellation);
            return new(connection, serviceId);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Reads all rows of a grain state, in byte order of their keys.</summary>
    public IAsyncEnumerable<StateRow> States(string state, CancellationToken cancellation) =>
        States(state, "payload", BatchSize, cancellation);

    /// <summary>Like <see cref="States(string, CancellationToken)"/>, but without payloads.</summary>
    public IAsyncEnumerable<StateRow> Keys(string state, CancellationToken cancellation) =>
        States(state, "NULL", SmallRowBatchSize, cancellation);

    private IAsyncEnumerable<StateRow> States(string state, string payload, int batchSize, CancellationToken cancellation) => InBatches(
        batchSize,
        last => Command($"""
            SELECT grain_key, n0, n1, {payload} FROM replays_grain_state
            WHERE service_id = @service AND state_name = @state AND (grain_key, n0, n1) > (@key, @n0, @n1)
            ORDER BY grain_key, n0, n1 LIMIT {batchSize}
            """, ("service", _serviceId), ("state", state),
            ("key", last?.Key ?? ""), ("n0", last?.N0 ?? long.MinValue), ("n1", last?.N1 ?? long.MinValue)),
        row => new StateRow(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : (byte[])row[3]),
        cancellation);

    public IAsyncEnumerable<PatientKeyRow> PatientKeys(CancellationToken cancellation) => InBatches(
        SmallRowBatchSize,
        last => Command(
            $"SELECT patient, wrapped FROM replays_patient_key WHERE patient > @after ORDER BY patient LIMIT {SmallRowBatchSize}",
            ("after", last?.Patient ?? "")),
        row => new PatientKeyRow(row.GetString(0), (byte[])row[1]),
        cancellation);

    /// <summary>Reads the latest head of each audit trail that was recorded by an ownership audit up to <paramref name="run"/>.</summary>
    public async IAsyncEnumerable<RecordedHead> Heads(long run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        RecordedHead? newest = null;
        var rows = InBatches(
            SmallRowBatchSize,
            last => Command($"""
                SELECT trail, run, entries, hash FROM replays_ownership_audit_head
                WHERE run <= @last AND (trail, run) > (@trail, @run) ORDER BY trail, run LIMIT {SmallRowBatchSize}
                """, ("last", run), ("trail", last?.Trail ?? ""), ("run", last?.Run ?? 0L)),
            row => new RecordedHead(row.GetString(0), row.GetInt64(1), row.GetInt64(2), (byte[])row[3]),
            cancellation);
        await foreach (var head in rows)
        {
            if (newest is not null && newest.Trail != head.Trail)
                yield return newest;
            newest = head;
        }
        if (newest is not null)
            yield return newest;
    }

    /// <summary>Returns the payload stored under a key; null if there is none.</summary>
    public async Task<byte[]?> State(string state, string key, CancellationToken cancellation)
    {
        var payloads = await Rows(Command("""
            SELECT payload FROM replays_grain_state
            WHERE service_id = @service AND state_name = @state AND grain_key = @key AND n0 = 0 AND n1 = 0
            """, ("service", _serviceId), ("state", state), ("key", key)), row => row.IsDBNull(0) ? null : (byte[])row[0], cancellation);
        return payloads is [var payload] ? payload : null;
    }

    /// <summary>Returns the names of the patients that the stop list marks for erasure.</summary>
    public async Task<HashSet<string>> ReadErasedPatients(CancellationToken cancellation) => [.. await Rows(
        Command($"SELECT target FROM replays_stop WHERE kind = {(int)StopKind.Erasure}"), row => row.GetString(0), cancellation)];

    public Task<List<(int Kind, string Target)>> ReadStops(CancellationToken cancellation) =>
        Rows(Command("SELECT kind, target FROM replays_stop"), row => (row.GetInt32(0), row.GetString(1)), cancellation);

    public Task<List<(string Id, string Report)>> ReadIncidents(CancellationToken cancellation) =>
        Rows(Command("SELECT id, report FROM replays_incident"), row => (row.GetString(0), row.GetString(1)), cancellation);

    public Task<List<string>> ReadIncidentRecordings(CancellationToken cancellation) =>
        Rows(Command("SELECT recording FROM replays_incident_recording"), row => row.GetString(0), cancellation);

    /// <summary>Counts the rows of a grain state.</summary>
    public async Task<long> Count(string state, CancellationToken cancellation) => (await Rows(
        Command(
            "SELECT count(*) FROM replays_grain_state WHERE service_id = @service AND state_name = @state",
            ("service", _serviceId), ("state", state)),
        row => row.GetInt64(0), cancellation))[0];

    /// <summary>Returns the names of all stored grain states, with one index lookup each.</summary>
    public async IAsyncEnumerable<string> StateNames([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var last = ""; ;)
        {
            var next = await Rows(
                Command(
                    "SELECT min(state_name) FROM replays_grain_state WHERE service_id = @service AND state_name > @last",
                    ("service", _serviceId), ("last", last)),
                row => row.IsDBNull(0) ? null : row.GetString(0), cancellation);
            if (next is not [{ } name])
                yield break;
            yield return last = name;
        }
    }

    private static async IAsyncEnumerable<T> InBatches<T>(
        int batchSize, Func<T?, DbCommand> command, Func<DbDataReader, T> read, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class
    {
        T? last = default;
        for (var rows = 0; ; rows = 0)
        {
            foreach (var row in await Rows(command(last), read, cancellation))
            {
                yield return row;
                (last, rows) = (row, rows + 1);
            }
            if (rows < batchSize)
                yield break;
        }
    }

    /// <summary>Creates a connection outside the pool: a socket once used asynchronously keeps completing on the thread pool.</summary>
    internal static NpgsqlConnection CreateUnpooled(NpgsqlDataSource postgres)
    {
        using var pooled = postgres.CreateConnection();
        return pooled.CloneWith(
            new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false, ReadBufferSize = BufferBytes }.ToString());
    }

    /// <summary>Reads synchronously: audits use dedicated threads, and asynchronous reads cost two context switches per packet.</summary>
    private static Task<List<T>> Rows<T>(DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using (command)
        {
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(read(reader));
            return Task.FromResult(rows);
        }
    }

    private DbCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = _connection.Statement(sql, parameters);
        command.CommandTimeout = TimeoutSeconds;
        return command;
    }
}

/// <summary>A row of a grain state.</summary>
/// <param name="N0">With <paramref name="N1"/> 0 for all keys that this service uses.</param>
/// <param name="Payload">Null if the state was cleared.</param>
internal sealed record StateRow(string Key, long N0, long N1, byte[]? Payload)
{
    /// <summary>The row's name in a finding.</summary>
    public string NameIn(string state) => (N0, N1) == (0, 0) ? $"{state} {Key}" : $"{state} {Key} ({N0}, {N1})";
}

internal sealed record PatientKeyRow(string Patient, byte[] Wrapped);

/// <summary>The head of an audit trail as an ownership audit recorded it.</summary>
/// <param name="Trail">The name of the trail's owner.</param>
/// <param name="Run">The number of the ownership audit.</param>
/// <param name="Hash">The hash of the last entry.</param>
internal sealed record RecordedHead(string Trail, long Run, long Entries, byte[] Hash);
