using System.Diagnostics;
using System.Text;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>One of the built programs (<c>Api</c>, <c>Silo</c>) as a process of its own on a free loopback port, that can be killed and started again.</summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _program, _directory;
    private readonly string[] _via;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly StringBuilder _output = new();
    private Process? _process;

    /// <param name="program"><c>Api</c> or <c>Silo</c>.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="port">Where it listens; a free port when null.</param>
    /// <param name="address">The address on which it listens.</param>
    /// <param name="via">A command that starts it elsewhere, such as <c>ip netns exec NAME</c>.</param>
    public ProgramProcess(
        string program, string directory, IReadOnlyDictionary<string, string?> settings, int? port = null, string address = "127.0.0.1", string[]? via = null)
    {
        (_program, _directory, _settings, _via) = (program, directory, settings, via ?? []);
        Address = new Uri($"http://{address}:{port ?? LoopbackPort.Next()}");
    }

    public Uri Address { get; }

    /// <summary>The folder it is started from next time; null: the one that was built with this project.</summary>
    public string? Build { get; set; }

    public int Id => _process!.Id;

    /// <summary>Whether it has ended, by itself or not.</summary>
    public bool HasEnded => _process is not { HasExited: false };

    /// <summary>All that it has printed, over all its starts.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task Start()
    {
        Launch();
        await Ready();
    }

    /// <summary>Starts it without waiting.</summary>
    /// <param name="arguments">The program's; <c>--urls</c> with its address when there are none.</param>
    public void Launch(params string[] arguments)
    {
        string[] command = [.. _via, "dotnet", Path.Combine(Build ?? Built(_program), $"Replays.{_program}.dll"), .. arguments is [] ? ["--urls", Address.ToString()] : arguments];
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
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
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
            Assert.False(_process!.HasExited, $"{_program} stopped at start: {Output}");
            Assert.True(waited.Elapsed < Patience, $"{_program} was not ready within {Patience}: {Output}");
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (HasEnded)
            return;
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends a signal by its name, such as <c>TERM</c> or <c>STOP</c>.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Exit(TimeSpan? patience = null)
    {
        await _process!.WaitForExitAsync().WaitAsync(patience ?? Patience);
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _process?.Dispose();
        return default;
    }

    /// <summary>Beside this project's own output: built in the same configuration, from the same sources.</summary>
    private static string Built(string program)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, "src", program, "bin", output.Parent.Name, output.Name);
    }

    private static async Task<bool> IsReady(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
    }
}
