using System.Diagnostics;

namespace Replays.Grains.Tests.Storage;

/// <summary>A PostgreSQL cluster in its own directory, on a free loopback port.</summary>
/// <param name="directory">Created on the first start.</param>
/// <param name="settings">Additional server settings, as on its command line.</param>
public sealed class PostgresCluster(string directory, string settings = "")
{
    private string Data => Path.Combine(directory, "data");

    public int Port { get; private set; }

    public bool IsStarted => Port != 0;

    /// <summary>The directory of the server programs; null if none are installed.</summary>
    public static string? Binaries { get; } = FindBinaries();

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username=replays;Database={database};Maximum Pool Size=20";

    /// <summary>Starts the cluster; creates it first if the directory does not exist.</summary>
    public async Task Start()
    {
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            if (Environment.UserName == "root") // PostgreSQL refuses to run as root
                await Execute("chown", ["postgres", directory]);
            await Run("initdb", "-D", Data, "-U", "replays", "-A", "trust", "--no-sync");
        }
        var port = LoopbackPort.Next();
        await Serve(port);
        Port = port;
    }

    /// <summary>Restarts on the same port.</summary>
    public Task StartAgain() => Serve(Port);

    /// <summary>Stops like a crash: connections are dropped, buffers are not flushed.</summary>
    public Task StopImmediately() => Run("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    public Task Stop() => Run("pg_ctl", "-D", Data, "-m", "fast", "-w", "-t", "300", "stop");

    private Task Serve(int port) => Run(
        "pg_ctl", "-D", Data, "-w", "-t", "300", "-l", Path.Combine(directory, "log"),
        "-o", $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={directory} {settings}", "start");

    private static string? FindBinaries()
    {
        var versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var directories = versions.OrderDescending().Select(version => Path.Combine(version, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return directories.FirstOrDefault(directory => File.Exists(Path.Combine(directory, "initdb")));
    }

    private static Task Run(string program, params string[] arguments)
    {
        var binaries = Binaries ?? throw new InvalidOperationException("PostgreSQL is not installed (initdb was not found).");
        var path = Path.Combine(binaries, program);
        return Environment.UserName == "root" ? Execute("runuser", ["-u", "postgres", "--", path, .. arguments]) : Execute(path, arguments);
    }

    private static async Task Execute(string program, string[] arguments)
    {
        // The server would inherit a redirected pipe and keep it open.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments])
        {
            WorkingDirectory = Path.GetTempPath(),
        };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} exited with {process.ExitCode}.");
    }
}
