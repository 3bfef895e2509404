using System.Diagnostics;
using Replays.Api.Tests.Http;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>The proxy in front of the Api nodes, with the configuration that is deployed but for where it listens and where the nodes are.</summary>
internal sealed class HaProxy : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-haproxy-").FullName;
    private readonly Process _process;

    private HaProxy(string program, IEnumerable<ProgramProcess> apis)
    {
        var port = LoopbackPort.Next();
        Address = new Uri($"http://127.0.0.1:{port}");
        var nodes = string.Join('\n', apis.Select((api, n) => $"    server api{n} {api.Address.Authority}"));
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "deploy", "haproxy", "haproxy.cfg")).Select(line => line.Trim() switch
        {
            "bind :8080" => $"    bind 127.0.0.1:{port}",
            "server-template api 10 api:8080" => nodes,
            var other => other.StartsWith("default-server", StringComparison.Ordinal) ? line.Replace(" resolvers docker init-addr none", "", StringComparison.Ordinal) : line,
        });
        var file = Path.Combine(_directory, "haproxy.cfg");
        File.WriteAllLines(file, lines);
        _process = Process.Start(new ProcessStartInfo(program, ["-db", "-f", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    /// <summary>Starts it and waits until it passes requests on. Skips the test where it isn't installed.</summary>
    public static async Task<HaProxy> Start(IEnumerable<ProgramProcess> apis)
    {
        var program = new[] { "/usr/sbin/haproxy", "/usr/local/sbin/haproxy" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "haproxy isn't installed: apt-get install haproxy.");
        var proxy = new HaProxy(program!, apis);
        using var http = new HttpClient { BaseAddress = proxy.Address };
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var tries = 0; !await Answers(http); tries++)
        {
            Assert.True(tries < 600, "haproxy does not answer.");
            await ticks.WaitForNextTickAsync();
        }
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<bool> Answers(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
