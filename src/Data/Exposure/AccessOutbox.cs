namespace Replays.Data.Exposure;

/// <summary>The rows of <see cref="ExposureLog"/> that are not yet published to the audit trails.</summary>
internal sealed class AccessOutbox(DbDataSource database)
{
    private readonly string _each = NameSql.Each(database);

    /// <summary>Returns unpublished accesses, the oldest first.</summary>
    public Task<List<UnpublishedAccess>> Read(AccessTable table, int limit, int skip, CancellationToken cancellation) => database.Rows(
        $"""
        SELECT {table.Key}, recording, principal, role, detail, {table.Time} FROM {table.Name}
        WHERE is_published = 0 ORDER BY {table.Time} LIMIT @limit OFFSET @skip
        """,
        [("limit", limit), ("skip", skip)],
        row => new UnpublishedAccess(
            row.GetString(0), RecordingId.Parse(row.GetString(1)), new(row.GetString(2), row.GetString(3)), row.GetString(4),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5))),
        cancellation);

    public Task MarkPublished(AccessTable table, Actor by, string detail, IEnumerable<string> keys, CancellationToken cancellation) =>
        database.Execute(
            $"""
            UPDATE {table.Name} SET is_published = 1
            WHERE is_published = 0 AND principal = @principal AND role = @role AND detail = @detail
                AND {table.Key} IN (SELECT each.value FROM {_each})
            """,
            [NameSql.Names(keys), ("principal", by.Subject), ("role", by.Role), ("detail", detail)],
            cancellation);
}
