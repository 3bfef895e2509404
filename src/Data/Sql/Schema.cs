using System.Data;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Replays.Data.Sql;

/// <summary>
/// Migrates databases with the numbered scripts of this folder and records them in the table <c>replays_schema</c>. A released script never
/// changes; migrations only add scripts.
/// </summary>
public static class Schema
{
    private const string Journal = "replays_schema", Postgres = "postgres", Sqlite = "sqlite";
    private const int SqliteUndefinedTable = 1; // SQLITE_ERROR
    private const long MigrationLock = 0x5265_706C_6179_7331; // arbitrary, but must never change

    /// <summary>Migrates the PostgreSQL database. If several processes call this concurrently, one migrates and the others wait.</summary>
    /// <exception cref="NpgsqlException">The database is unreachable.</exception>
    /// <exception cref="DataException">A script failed and was rolled back.</exception>
    public static void MigratePostgres(string connectionString)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 300, Pooling = false }.ToString();
        using var connection = new NpgsqlConnection(unpooled);
        connection.Open();
        using var acquireLock = connection.Statement($"SELECT pg_advisory_lock({MigrationLock})"); // released when the connection closes
        acquireLock.ExecuteNonQuery();
        Run(DeployChanges.To.PostgresqlDatabase(unpooled).JournalToPostgresqlTable(null, Journal), Postgres);
    }

    /// <summary>Creates or migrates the embedded database.</summary>
    public static void MigrateSqlite(string connectionString) =>
        Run(DeployChanges.To.SqliteDatabase(connectionString).JournalToSqliteTable(Journal), Sqlite);

    /// <summary>Returns the scripts that have not been applied, in order. Ignores scripts of newer versions.</summary>
    public static async Task<IReadOnlyList<string>> FindMissing(DbDataSource database, CancellationToken cancellation)
    {
        List<string> applied;
        try
        {
            applied = await database.Rows($"SELECT scriptname FROM {Journal}", [], row => row.GetString(0), cancellation);
        }
        catch (DbException e) when (e is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }
            or SqliteException { SqliteErrorCode: SqliteUndefinedTable })
        {
            applied = [];
        }
        return [.. Scripts(database is NpgsqlDataSource ? Postgres : Sqlite).Select(script => script.Name).Except(applied)];
    }

    private static void Run(UpgradeEngineBuilder engine, string dialect)
    {
        var result = engine.WithScripts(Scripts(dialect)).WithTransactionPerScript().WithVariablesDisabled().LogToNowhere()
            .Build().PerformUpgrade();
        if (!result.Successful)
            throw new DataException($"The script {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }

    private static IEnumerable<SqlScript> Scripts(string dialect)
    {
        var folder = $"{typeof(Schema).Namespace}.{dialect}.";
        return typeof(Schema).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => SqlScript.FromStream(name[folder.Length..], typeof(Schema).Assembly.GetManifestResourceStream(name)));
    }
}
