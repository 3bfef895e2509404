using System.Data;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using Npgsql;

namespace Replays.Data.Sql;

/// <summary>
/// Brings a database up to date with the numbered scripts beside this file. Scripts are only ever added: one that has been applied somewhere
/// is never changed. The table <c>replays_schema</c> tells which have been.
/// </summary>
public static class Schema
{
    private const string Journal = "replays_schema";
    private const long MigrationLock = 0x5265_706C_6179_7331; // any number will do, so long as it stays

    /// <summary>Migrates the PostgreSQL database. Any number of processes may do so at once: one migrates, the others wait for it.</summary>
    /// <exception cref="NpgsqlException">The database can't be reached.</exception>
    /// <exception cref="DataException">A script failed. It left nothing behind.</exception>
    public static void MigratePostgres(string connectionString)
    {
        var patient = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 300, Pooling = false }.ToString();
        using var connection = new NpgsqlConnection(patient);
        connection.Open();
        Execute(connection, $"SELECT pg_advisory_lock({MigrationLock})"); // released when the connection closes
        Run(DeployChanges.To.PostgresqlDatabase(patient).JournalToPostgresqlTable(null, Journal), "postgres");
    }

    /// <summary>Creates or migrates the embedded database.</summary>
    public static void MigrateSqlite(string connectionString) =>
        Run(DeployChanges.To.SqliteDatabase(connectionString).JournalToSqliteTable(Journal), "sqlite");

    /// <summary>The scripts that the PostgreSQL database lacks, in order; all of them when it is empty. Unknown, newer ones don't matter.</summary>
    public static async Task<IReadOnlyList<string>> FindMissing(NpgsqlDataSource database, CancellationToken cancellation)
    {
        var applied = new HashSet<string>();
        try
        {
            await using var command = database.CreateCommand($"SELECT scriptname FROM {Journal}");
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                applied.Add(reader.GetString(0));
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // Nothing has been applied yet.
        }
        return [.. Scripts("postgres").Select(script => script.Name).Where(name => !applied.Contains(name))];
    }

    private static void Run(UpgradeEngineBuilder engine, string dialect)
    {
        var result = engine.WithScripts(Scripts(dialect)).WithTransactionPerScript().WithVariablesDisabled().LogToNowhere().Build().PerformUpgrade();
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

    private static void Execute(IDbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
