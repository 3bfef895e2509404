using System.Diagnostics;
using System.Text;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>One of the built programs (<c>Api</c>, <c>Silo</c>) as a process that can be killed and restarted.</summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly string _program, _directory;
    private readonly string[] _via;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly StringBuilder _output = new();
    private Process? _process;

    /// <param name="program"><c>Api</c> or <c>Silo</c>.</param>
    /// <param name="directory">The working directory.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="port">The port to listen on; a free one when null.</param>
    /// <param name="address">The IP address to listen on.</param>
    /// <param name="via">A command prefix, such as <c>ip netns exec NAME</c>.</param>
    public ProgramProcess(
        string program, string directory, IReadOnlyDictionary<string, string?> settings,
        int? port = null, string address = "127.0.0.1", string[]? via = null)
    {
        (_program, _directory, _settings, _via) = (program, directory, settings, via ?? []);
        Address = new Uri($"http://{address}:{port ?? LoopbackPort.Next()}");
    }

    public Uri Address { get; }

    /// <summary>The folder of the build that the next start uses; null for the build of this solution.</summary>
    public string? Build { get; set; }

    public int Id => _process!.Id;

    public bool HasEnded => _process is not { HasExited: false };

    /// <summary>Standard output and error of all starts.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts the program and waits until it is ready.</summary>
    public async Task Start()
    {
        Launch();
        await Ready();
    }

    /// <summary>Starts the program without waiting.</summary>
    /// <param name="arguments">Command line; <c>--urls</c> with the address by default.</param>
    public void Launch(params string[] arguments)
    {
        var assembly = Path.Combine(Build ?? BuildOutput(_program), $"Replays.{_program}.dll");
        string[] command = [.. _via, "dotnet", assembly, .. arguments is [] ? ["--urls", Address.ToString()] : arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;
        _process?.Dispose();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => AppendOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => AppendOutput(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task Ready()
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var waited = Stopwatch.StartNew();
        while (!await IsReady(client))
        {
            await ticks.WaitForNextTickAsync();
            Assert.False(_process!.HasExited, $"{_program} exited during startup: {Output}");
            Assert.True(waited.Elapsed < Timeout, $"{_program} was not ready within {Timeout}: {Output}");
        }
    }

    /// <summary>Sends kill -9.</summary>
    public void Kill()
    {
        if (HasEnded)
            return;
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends a signal by name, such as <c>TERM</c> or <c>STOP</c>.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until the program exits by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Exit(TimeSpan? timeout = null)
    {
        await _process!.WaitForExitAsync().WaitAsync(timeout ?? Timeout);
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _process?.Dispose();
        return default;
    }

    /// <summary>The output of the program in the configuration and framework of this test project.</summary>
    private static string BuildOutput(string program)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, "src", program, "bin", output.Parent.Name, output.Name);
    }

    private static async Task<bool> IsReady(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync("/health/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void AppendOutput(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
    }
}
