using System.Diagnostics;
using Replays.Api.Tests.Npm;
using Replays.Grains.Tests.Storage;
using Replays.Media.S3;
using Xunit;

namespace Replays.Api.Tests.Media.Stores;

/// <summary>Runs npm's s3rver in a process of its own, installed from the lock file into a temporary folder on first use.</summary>
public sealed class S3Server : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("replays-s3-").FullName;
    private Process? _server;
    private string? _missing;

    internal S3MediaOptions Options { get; } = new() { Bucket = "replays", AccessKey = "S3RVER", SecretKey = "S3RVER" };

    /// <summary>Environment variables for a program that stores its media here; its provider must be <c>S3</c>.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Replays__Media__S3__ServiceUrl"] = Options.ServiceUrl,
        ["Replays__Media__S3__Bucket"] = Options.Bucket,
        ["Replays__Media__S3__AccessKey"] = Options.AccessKey,
        ["Replays__Media__S3__SecretKey"] = Options.SecretKey,
    };

    /// <summary>Skips the test if npm is missing; fails it in CI.</summary>
    public void Require()
    {
        if (_missing is null)
            return;

        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", _missing);
        Assert.Skip(_missing);
    }

    public async ValueTask InitializeAsync()
    {
        try
        {
            var program = Path.Combine(await NpmPackages.Install("S3", "s3rver-3.7.1"), "s3rver", "bin", "s3rver.js");
            var port = LoopbackPort.Next();
            string[] arguments = [program, "-d", _data, "-p", $"{port}", "-a", "127.0.0.1", "-s", "--configure-bucket", "replays"];
            _server = Process.Start(new ProcessStartInfo("node", arguments))!;
            Options.ServiceUrl = $"http://127.0.0.1:{port}";
            using var client = new HttpClient { BaseAddress = new(Options.ServiceUrl) };
            var watch = Stopwatch.StartNew();
            while (!await Responds(client))
                Assert.False(_server.HasExited || watch.Elapsed > TimeSpan.FromSeconds(30), "s3rver does not respond.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            _missing = $"s3rver cannot run: {e.Message}";
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            _server.Kill();
            _server.WaitForExit();
        }

        _server?.Dispose();
        Directory.Delete(_data, recursive: true);
        return default;
    }

    private static async Task<bool> Responds(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync("/");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
