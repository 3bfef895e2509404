using Npgsql;
using Replays.Grains.Tests.Storage;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Replays.Grains.Tests.Storage;

/// <summary>A PostgreSQL of the tests' own: a fresh cluster in a temporary directory on a free port, started on first use, gone at the end.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"replays-postgres-{Guid.NewGuid():N}");
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly PostgresCluster _cluster;

    // Nothing here stops the machine: what the system was given is safe, and a test does not wait for a disk that others keep busy.
    public PostgresServer() => _cluster = new(_directory, "-c fsync=off -c full_page_writes=off");

    /// <summary>The connection string of a new, empty database. Skips the test where there is no server, unless this is CI.</summary>
    public async Task<string> CreateDatabase()
    {
        Assert.SkipUnless(PostgresCluster.Binaries is not null || Environment.GetEnvironmentVariable("CI") == "true",
            "There is no PostgreSQL server here (initdb was not found).");
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!_cluster.IsStarted)
                await _cluster.Start();
        }
        finally
        {
            _starting.Release();
        }
        var name = $"test_{Guid.NewGuid():N}";
        await using var database = NpgsqlDataSource.Create(_cluster.ConnectionString("postgres"));
        await using var command = database.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return _cluster.ConnectionString(name);
    }

    /// <summary>As a crash does: no connection is closed in peace, nothing is written back.</summary>
    public Task StopAtOnce() => _cluster.StopAtOnce();

    /// <summary>Starts again on the same port what was stopped.</summary>
    public Task StartAgain() => _cluster.StartAgain();

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsStarted)
            await _cluster.StopAtOnce();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }
}
