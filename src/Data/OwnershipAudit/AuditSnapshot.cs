using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Npgsql;
using Replays.Data.Sql;
using Replays.Grains.StopList;

namespace Replays.Data.OwnershipAudit;

/// <summary>
/// The database as it was at one moment, read over one connection of its own, a batch of rows at a time, while everybody else goes on
/// writing. Of SQLite it takes no turn.
/// </summary>
internal sealed class AuditSnapshot : IAsyncDisposable
{
    private const int Batch = 256, SmallRows = 1_000, TimeoutSeconds = 60;

    /// <summary>The longest rows, pages of trails, fit.</summary>
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
            await Rows(connection.Statement(database is NpgsqlDataSource ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN"), _ => 0, cancellation);
            // Both databases take the moment with the first read, not with BEGIN.
            await Rows(connection.Statement("SELECT one FROM replays_ownership_audit_lease"), row => row.GetInt32(0), cancellation);
            return new(connection, serviceId);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>All rows of a grain state, in the order of their keys' bytes.</summary>
    public IAsyncEnumerable<StateRow> States(string state, CancellationToken cancellation) => States(state, "payload", Batch, cancellation);

    /// <summary>The same without their payloads.</summary>
    public IAsyncEnumerable<StateRow> Keys(string state, CancellationToken cancellation) => States(state, "NULL", SmallRows, cancellation);

    private IAsyncEnumerable<StateRow> States(string state, string payload, int batch, CancellationToken cancellation) => InBatches(
        batch,
        last => Command($"""
            SELECT grain_key, n0, n1, {payload} FROM replays_grain_state
            WHERE service_id = @service AND state_name = @state AND (grain_key, n0, n1) > (@key, @n0, @n1)
            ORDER BY grain_key, n0, n1 LIMIT {batch}
            """, ("service", _serviceId), ("state", state), ("key", last?.Key ?? ""), ("n0", last?.N0 ?? long.MinValue), ("n1", last?.N1 ?? long.MinValue)),
        row => new StateRow(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : (byte[])row[3]),
        cancellation);

    /// <summary>Patients' names and their wrapped keys.</summary>
    public IAsyncEnumerable<PatientKeyRow> PatientKeys(CancellationToken cancellation) => InBatches(
        SmallRows,
        last => Command("SELECT patient, wrapped FROM replays_patient_key WHERE patient > @after ORDER BY patient LIMIT 1000", ("after", last?.Patient ?? "")),
        row => new PatientKeyRow(row.GetString(0), (byte[])row[1]),
        cancellation);

    /// <summary>How trails ended when an audit up to that one last saw more of them.</summary>
    public async IAsyncEnumerable<RecordedHead> Heads(
        long run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        RecordedHead? newest = null;
        var rows = InBatches(
            SmallRows,
            last => Command("""
                SELECT trail, run, entries, hash FROM replays_ownership_audit_head
                WHERE run <= @last AND (trail, run) > (@trail, @run) ORDER BY trail, run LIMIT 1000
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

    /// <summary>What is stored under one key; null: nothing.</summary>
    public async Task<byte[]?> State(string state, string key, CancellationToken cancellation) => (await Rows(Command("""
        SELECT payload FROM replays_grain_state
        WHERE service_id = @service AND state_name = @state AND grain_key = @key AND n0 = 0 AND n1 = 0
        """, ("service", _serviceId), ("state", state), ("key", key)), row => row.IsDBNull(0) ? null : (byte[])row[0], cancellation)) is [var payload] ? payload : null;

    /// <summary>Whom the stop list erases.</summary>
    public async Task<HashSet<string>> ReadErasedPatients(CancellationToken cancellation) =>
        [.. await All($"SELECT target FROM replays_stop WHERE kind = {(int)StopKind.Erasure}", row => row.GetString(0), cancellation)];

    /// <summary>How many rows there are of a grain state.</summary>
    public async Task<long> Count(string state, CancellationToken cancellation) => (await Rows(
        Command("SELECT count(*) FROM replays_grain_state WHERE service_id = @service AND state_name = @state", ("service", _serviceId), ("state", state)),
        row => row.GetInt64(0), cancellation))[0];

    /// <summary>The names of all grain states of which there are rows: one look into the index each.</summary>
    public async IAsyncEnumerable<string> StateNames([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var last = ""; ;)
        {
            var next = await Rows(
                Command("SELECT min(state_name) FROM replays_grain_state WHERE service_id = @service AND state_name > @last", ("service", _serviceId), ("last", last)),
                row => row.IsDBNull(0) ? null : row.GetString(0), cancellation);
            if (next is not [{ } name])
                yield break;
            yield return last = name;
        }
    }

    /// <summary>The rows of a small table.</summary>
    public Task<List<T>> All<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellation) => Rows(Command(sql), read, cancellation);

    private static async IAsyncEnumerable<T> InBatches<T>(
        int batch,
        Func<T?, DbCommand> command,
        Func<DbDataReader, T> read,
        [EnumeratorCancellation] CancellationToken cancellation) where T : class
    {
        T? last = default;
        for (var rows = 0; ; rows = 0)
        {
            foreach (var row in await Rows(command(last), read, cancellation))
            {
                yield return row;
                (last, rows) = (row, rows + 1);
            }
            if (rows < batch)
                yield break;
        }
    }

    /// <summary>Not of the pool: a socket that has ever been waited for through the thread pool is for good.</summary>
    internal static NpgsqlConnection CreateUnpooled(NpgsqlDataSource postgres)
    {
        using var pooled = postgres.CreateConnection();
        return pooled.CloneWith(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false, ReadBufferSize = BufferBytes }.ToString());
    }

    /// <summary>Waits where it is: an audit reads on threads of its own, and through the thread pool every packet would cost two switches.</summary>
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

/// <summary>A stored grain state as it lies there.</summary>
/// <param name="Key">The grain's key.</param>
/// <param name="N0">0 under a key as the project uses them.</param>
/// <param name="N1">0, as well.</param>
/// <param name="Payload">Null: cleared.</param>
internal sealed record StateRow(string Key, long N0, long N1, byte[]? Payload)
{
    /// <summary>What a finding calls it.</summary>
    public string NameIn(string state) => (N0, N1) == (0, 0) ? $"{state} {Key}" : $"{state} {Key} ({N0}, {N1})";
}

/// <summary>A patient's wrapped key.</summary>
internal sealed record PatientKeyRow(string Patient, byte[] Wrapped);

/// <summary>How a trail ended when an audit saw it.</summary>
/// <param name="Trail">Its owner's name.</param>
/// <param name="Run">The number of that audit.</param>
/// <param name="Entries">How many entries it had.</param>
/// <param name="Hash">The last one's.</param>
internal sealed record RecordedHead(string Trail, long Run, long Entries, byte[] Hash);
