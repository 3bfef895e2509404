using System.Diagnostics;
using Npgsql;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

public sealed class SlowDatabaseTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_silo_that_started_without_its_reminders_opens_recordings_as_soon_as_they_are_readable()
    {
        var database = await postgres.CreateDatabase();
        await using var cluster = await ClusterProcesses.Start(database, silos: 1, apis: 1);
        cluster.Silos[0].Kill();
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand("LOCK TABLE replays_reminder IN ACCESS EXCLUSIVE MODE", connection, transaction);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await cluster.Silos[0].Start();
            // The silo reads its reminders, and then gives that read up.
            DateTime? blocked = null;
            await Eventually.Holds(
                async () => (blocked = await BlockedSince(connection)) is not null, "The silo does not read its reminders.");
            await Eventually.Holds(async () => await BlockedSince(connection) != blocked, "The silo still waits for its first read.");
        }

        var readable = Stopwatch.StartNew();
        using var client = new LoadClient([cluster.Apis[0].Address]);
        await new LoadScenario(client, new ExpectedState("p-slow-start"), new Random(Settings.Seed)).Run();
        Console.WriteLine($"A consultation was completed {readable.Elapsed.TotalSeconds:0.0} s after reminders were readable again.");
        // Orleans alone retries after up to 30 s, and then after 5 minutes.
        Assert.True(readable.Elapsed < TimeSpan.FromSeconds(Settings.IsFullRun ? 20 : 28), $"Only after {readable.Elapsed}.");
    }

    /// <returns>When the oldest query that waits for a lock started; null if none waits.</returns>
    private static async Task<DateTime?> BlockedSince(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            "SELECT min(query_start) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) as DateTime?;
    }
}
