using System.Diagnostics;
using Replays.Api.Tests.Npm;
using Replays.Grains.Tests.Storage;
using Replays.Media.Stores;
using Xunit;

namespace Replays.Api.Tests.Media.Stores;

/// <summary>npm's s3rver in a process of its own; installed from the lock file into a temporary folder on first use.</summary>
public sealed class S3Server : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("replays-s3-").FullName;
    private Process? _server;
    private string? _missing;

    internal S3MediaOptions Options { get; } = new() { Bucket = "replays", AccessKey = "S3RVER", SecretKey = "S3RVER" };

    /// <summary>What a program needs in its environment to keep media here, once its provider is <c>S3</c>.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Replays__Media__S3__ServiceUrl"] = Options.ServiceUrl,
        ["Replays__Media__S3__Bucket"] = Options.Bucket,
        ["Replays__Media__S3__AccessKey"] = Options.AccessKey,
        ["Replays__Media__S3__SecretKey"] = Options.SecretKey,
    };

    /// <summary>Without npm there is nothing to test against; in CI that is a failure.</summary>
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
            _server = Process.Start(new ProcessStartInfo("node", [program, "-d", _data, "-p", $"{port}", "-a", "127.0.0.1", "-s", "--configure-bucket", "replays"]))!;
            Options.ServiceUrl = $"http://127.0.0.1:{port}";
            using var client = new HttpClient { BaseAddress = new(Options.ServiceUrl) };
            var until = Stopwatch.StartNew();
            while (!await Answers(client))
            {
                Assert.False(_server.HasExited || until.Elapsed > TimeSpan.FromSeconds(30), "s3rver does not answer");
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            _missing = $"npm's s3rver can't be run here: {e.Message}";
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

    private static async Task<bool> Answers(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("/");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
