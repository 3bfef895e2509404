using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Replays.Data.Sql;

/// <summary>
/// The embedded database. One connection at a time in the process: SQLite has one writer, and one that waits here blocks no thread,
/// while one that waits in SQLite does, and may be refused. Don't open a second connection while holding one.
/// </summary>
internal sealed class SqliteDataSource(string file) : DbDataSource
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Pooled, with a busy timeout for the sake of another process, such as a backup, that holds the file.</summary>
    public override string ConnectionString { get; } =
        new SqliteConnectionStringBuilder { DataSource = file, Pooling = true, DefaultTimeout = (int)Timeout.TotalSeconds }.ToString();

    protected override DbConnection CreateDbConnection() => new SqliteConnection(ConnectionString);

    protected override DbCommand CreateDbCommand(string? commandText = null) =>
        throw new NotSupportedException("Such a command would not wait for its turn: open a connection.");

    protected override DbConnection OpenDbConnection()
    {
        if (!_turn.Wait(Timeout))
            throw Busy();
        return Open();
    }

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(Timeout, cancellationToken).ConfigureAwait(false))
            throw Busy();
        return Open();
    }

    /// <summary>Opens a connection that gives the turn back when it closes, whoever closes it.</summary>
    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed)
                _turn.Release();
        };
        try
        {
            connection.Open();
        }
        catch
        {
            _turn.Release();
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

    /// <summary>FULL: a commit is on the disk before it is acknowledged. Secure delete: a destroyed key is overwritten, not only unlinked.</summary>
    private static void Prepare(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON;";
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
