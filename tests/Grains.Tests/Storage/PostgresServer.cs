using Npgsql;
using Replays.Grains.Tests.Storage;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Replays.Grains.Tests.Storage;

/// <summary>A temporary PostgreSQL cluster, started on first use and deleted at the end.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"replays-postgres-{Guid.NewGuid():N}");
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly PostgresCluster _cluster;

    // Tests simulate process crashes only, which the operating system's cache survives.
    public PostgresServer() => _cluster = new(_directory, "-c fsync=off -c full_page_writes=off");

    /// <summary>Creates an empty database. Skips the test if PostgreSQL is not installed, except in CI.</summary>
    /// <returns>The connection string.</returns>
    public async Task<string> CreateDatabase()
    {
        Assert.SkipUnless(PostgresCluster.Binaries is not null || Environment.GetEnvironmentVariable("CI") == "true",
            "PostgreSQL is not installed (initdb was not found).");
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

    /// <inheritdoc cref="PostgresCluster.StopImmediately"/>
    public Task StopImmediately() => _cluster.StopImmediately();

    /// <inheritdoc cref="PostgresCluster.StartAgain"/>
    public Task StartAgain() => _cluster.StartAgain();

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsStarted)
            await _cluster.StopImmediately();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }
}
