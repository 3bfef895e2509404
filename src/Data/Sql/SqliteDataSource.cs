using System.Data;
using Microsoft.Data.Sqlite;

namespace Replays.Data.Sql;

/// <summary>
/// The embedded database. Allows one connection at a time: SQLite has a single writer, and waiting here blocks no thread, whereas waiting
/// in SQLite does and may fail. Opening a second connection while holding one deadlocks until the timeout.
/// </summary>
internal sealed class SqliteDataSource(string file) : DbDataSource
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _slot = new(1, 1);

    /// <summary>Has a busy timeout because another process, such as a backup, may lock the file.</summary>
    public override string ConnectionString { get; } =
        new SqliteConnectionStringBuilder { DataSource = file, Pooling = true, DefaultTimeout = (int)Timeout.TotalSeconds }.ToString();

    protected override DbConnection CreateDbConnection() => new SqliteConnection(ConnectionString);

    protected override DbCommand CreateDbCommand(string? commandText = null) =>
        throw new NotSupportedException("A command without a connection bypasses the connection limit. Open a connection.");

    protected override DbConnection OpenDbConnection()
    {
        if (!_slot.Wait(Timeout))
            throw Busy();
        return Open();
    }

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken)
    {
        if (!await _slot.WaitAsync(Timeout, cancellationToken).ConfigureAwait(false))
            throw Busy();
        return Open();
    }

    /// <summary>Opens a connection that releases the slot when it closes.</summary>
    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed)
                _slot.Release();
        };
        try
        {
            connection.Open();
        }
        catch
        {
            _slot.Release();
            throw;
        }
        try
        {
            Prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>FULL flushes each commit to disk. <c>secure_delete</c> overwrites deleted rows, which makes keys unrecoverable.</summary>
    private static void Prepare(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON;";
        command.ExecuteNonQuery();
    }

    private static SqliteException Busy() => new("The embedded database is busy.", SQLitePCL.raw.SQLITE_BUSY);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            SqliteConnection.ClearPool(new SqliteConnection(ConnectionString));
        base.Dispose(disposing);
    }
}
