using System.Diagnostics;
using Replays.Api.Tests.Http;
using Replays.Grains.Tests;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>HAProxy in front of the Api nodes, with the deployed configuration except for the addresses.</summary>
internal sealed class HaProxy : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-haproxy-").FullName;
    private readonly Process _process;

    private HaProxy(string program, IEnumerable<ProgramProcess> apis)
    {
        var port = LoopbackPort.Next();
        Address = new Uri($"http://127.0.0.1:{port}");
        var nodes = string.Join('\n', apis.Select((api, n) => $"    server api{n} {api.Address.Authority}"));
        var deployed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "deploy", "haproxy", "haproxy.cfg"));
        var lines = deployed.Select(line => line.Trim() switch
        {
            "bind :8080" => $"    bind 127.0.0.1:{port}",
            "server-template api 10 api:8080" => nodes,
            var other when other.StartsWith("default-server", StringComparison.Ordinal) =>
                line.Replace(" resolvers docker init-addr none", "", StringComparison.Ordinal),
            _ => line,
        });
        var file = Path.Combine(_directory, "haproxy.cfg");
        File.WriteAllLines(file, lines);
        var start = new ProcessStartInfo(program, ["-db", "-f", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    /// <summary>Starts HAProxy and waits until it forwards requests. Skips the test if it is not installed.</summary>
    public static async Task<HaProxy> Start(IEnumerable<ProgramProcess> apis)
    {
        var program = new[] { "/usr/sbin/haproxy", "/usr/local/sbin/haproxy" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "haproxy is not installed: apt-get install haproxy.");
        var proxy = new HaProxy(program!, apis);
        using var http = new HttpClient { BaseAddress = proxy.Address };
        await Eventually.Holds(() => IsReady(http), "haproxy does not respond.");
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<bool> IsReady(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync("/health/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
