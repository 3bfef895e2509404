namespace Replays.Data.Sql;

/// <summary>Runs single statements, each on a connection of its own.</summary>
internal static class DbDataSourceExtensions
{
    public static async Task<int> Execute(
        this DbDataSource database, string sql, (string Name, object? Value)[] parameters, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.Statement(sql, parameters).Execute(cancellation);
    }

    public static async Task<List<T>> Rows<T>(
        this DbDataSource database, string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> read,
        CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.Statement(sql, parameters).Rows(read, cancellation);
    }

    /// <exception cref="DbException">The database does not respond.</exception>
    public static Task Ping(this DbDataSource database, CancellationToken cancellation) => database.Execute("SELECT 1", [], cancellation);
}
