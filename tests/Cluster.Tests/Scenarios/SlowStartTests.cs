using System.Diagnostics;
using Npgsql;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>Silos that start while the database is there and too slow for some of what they ask.</summary>
public sealed class SlowStartTests(PostgresServer postgres)
{
    [Fact]
    public async Task Recordings_are_opened_as_soon_as_reminders_can_be_read_however_the_silo_started()
    {
        var database = await postgres.CreateDatabase();
        await using var cluster = await ClusterProcesses.Start(database, silos: 1, apis: 1);
        cluster.Silos[0].Kill();
        await using (var locking = new NpgsqlConnection(database))
        {
            await locking.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await locking.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var held = new NpgsqlCommand("LOCK TABLE replays_reminder IN ACCESS EXCLUSIVE MODE", locking, transaction);
            await held.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await cluster.Silos[0].Start();
            // It asked for its reminders, and gave up.
            DateTime? asked = null;
            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            for (var waited = Stopwatch.StartNew(); asked is null || asked == await Waiting(locking); asked ??= await Waiting(locking))
            {
                Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), "The silo does not read its reminders.");
                await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }

        var began = Stopwatch.StartNew();
        using var users = new LoadClient([cluster.Apis[0].Address]);
        await new LoadScenario(users, new ExpectedState("p-slow-start"), new Random(Settings.Seed)).Go();
        Console.WriteLine($"A consultation carried through {began.Elapsed.TotalSeconds:0.0} s after reminders could be read again.");
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(Settings.RunsAll ? 20 : 28), $"Only after {began.Elapsed}."); // by itself Orleans asks up to 30 s later, then after 5 min
    }

    /// <returns>Since when somebody waits for the table.</returns>
    private static async Task<DateTime?> Waiting(NpgsqlConnection connection)
    {
        await using var waiting = new NpgsqlCommand(
            "SELECT min(query_start) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection);
        return await waiting.ExecuteScalarAsync(TestContext.Current.CancellationToken) as DateTime?;
    }
}
