using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
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
    private int _port;

    /// <summary>The connection string of a new, empty database. Skips the test where there is no server, unless this is CI.</summary>
    public async Task<string> CreateDatabase()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_port == 0)
                await Start(FindBinaries());
        }
        finally
        {
            _starting.Release();
        }
        var name = $"test_{Guid.NewGuid():N}";
        await using var database = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var command = database.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return ConnectionString(name);
    }

    /// <summary>As a crash does: no connection is closed in peace, nothing is written back.</summary>
    public Task StopAtOnce() => Run(Path.Combine(FindBinaries(), "pg_ctl"), "-D", Data, "-m", "immediate", "-w", "stop");

    /// <summary>Starts again on the same port what was stopped.</summary>
    public Task StartAgain() => Serve(FindBinaries(), _port);

    public async ValueTask DisposeAsync()
    {
        if (_port != 0)
            await Run(Path.Combine(FindBinaries(), "pg_ctl"), "-D", Data, "-m", "immediate", "-w", "stop");
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private string Data => Path.Combine(_directory, "data");

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=replays;Database={database};Maximum Pool Size=20";

    private async Task Start(string binaries)
    {
        Directory.CreateDirectory(_directory);
        if (Environment.UserName == "root") // PostgreSQL refuses to run as root
            await Execute("chown", ["postgres", _directory]);
        await Run(Path.Combine(binaries, "initdb"), "-D", Data, "-U", "replays", "-A", "trust", "--no-sync");
        var port = FreePort();
        await Serve(binaries, port);
        _port = port;
    }

    private Task Serve(string binaries, int port) => Run(
        Path.Combine(binaries, "pg_ctl"), "-D", Data, "-w", "-l", Path.Combine(_directory, "log"),
        "-o", $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_directory}", "start");

    private static string FindBinaries()
    {
        var versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var places = versions.OrderDescending().Select(version => Path.Combine(version, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        if (places.FirstOrDefault(place => File.Exists(Path.Combine(place, "initdb"))) is { } found)
            return found;
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "There is no PostgreSQL server here (initdb was not found).");
        throw new InvalidOperationException("CI needs a PostgreSQL server: initdb was not found.");
    }

    private static Task Run(string program, params string[] arguments) => Environment.UserName == "root"
        ? Execute("runuser", ["-u", "postgres", "--", program, .. arguments])
        : Execute(program, arguments);

    private static async Task Execute(string program, string[] arguments)
    {
        // Not redirected: the server would inherit the pipe and keep it open.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments])
        {
            WorkingDirectory = Path.GetTempPath(),
        };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} exited with {process.ExitCode}.");
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
