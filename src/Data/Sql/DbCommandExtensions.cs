namespace Replays.Data.Sql;

/// <summary>Runs SQL common to PostgreSQL and SQLite with named parameters.</summary>
internal static class DbCommandExtensions
{
    /// <summary>Creates a command. In both drivers it takes part in the connection's current transaction.</summary>
    public static DbCommand Statement(
        this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    public static async Task<int> Execute(this DbCommand command, CancellationToken cancellation)
    {
        await using (command)
            return await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<List<T>> Rows<T>(this DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellation)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellation))
                rows.Add(read(reader));
            return rows;
        }
    }
}
