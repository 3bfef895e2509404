using Npgsql;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>Writes to the stop list from outside the cluster, so that nodes learn of it only by polling the table.</summary>
internal static class StopListTable
{
    /// <summary>Quarantines a recording by its full name; the change is committed when the method returns.</summary>
    public static async Task Quarantine(string database, string recording)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("""
            WITH changed AS (UPDATE replays_stop_version SET version = version + 1)
            INSERT INTO replays_stop (kind, target, scope, by_subject, by_role, stopped_at)
            VALUES (0, $1, 0, 'officer-1', 'privacy-officer', 0)
            """);
        command.Parameters.AddWithValue(recording);
        await command.ExecuteNonQueryAsync();
    }
}
