using Npgsql;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>Stops written by somebody who is no node of the cluster: none hears of them but by reading the table.</summary>
internal static class StopTable
{
    /// <summary>Quarantines a replay. When it returns, that has committed.</summary>
    /// <param name="database">Connection string.</param>
    /// <param name="recording">The recording's full name.</param>
    public static async Task Quarantine(string database, string recording)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("""
            WITH changed AS (UPDATE replays_stop_version SET version = version + 1)
            INSERT INTO replays_stop (kind, target, scope, by_subject, by_role, stopped_at) VALUES (0, $1, 0, 'officer-1', 'privacy-officer', 0)
            """);
        command.Parameters.AddWithValue(recording);
        await command.ExecuteNonQueryAsync();
    }
}
