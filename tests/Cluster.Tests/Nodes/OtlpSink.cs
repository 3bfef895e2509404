using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>An OTLP receiver (HTTP, protobuf) that keeps every byte. Protobuf strings are plain UTF-8, so they are searchable.</summary>
internal sealed partial class OtlpSink : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = [];
    private readonly WebApplication _app;

    private OtlpSink()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            _received.Enqueue((http.Request.Path, body.ToArray()));
        });
    }

    public string Address => _app.Urls.First();

    public static async Task<OtlpSink> Start()
    {
        var sink = new OtlpSink();
        await sink._app.StartAsync();
        return sink;
    }

    /// <summary>All that was sent to a signal's path: <c>/v1/traces</c>, <c>/v1/metrics</c> or <c>/v1/logs</c>.</summary>
    public string TextOf(string path) => string.Concat(_received.Where(r => r.Path == path).Select(r => Encoding.UTF8.GetString(r.Body)));

    /// <summary>The ids of the traces with a span that contains the text.</summary>
    public IReadOnlySet<string> TracesWith(string text)
    {
        var all = string.Concat(_received.Where(r => r.Path == "/v1/traces").Select(r => Encoding.Latin1.GetString(r.Body)));
        // A span starts with its trace id (field 1, 16 bytes) and its span id (field 2, 8 bytes).
        var starts = SpanStart().Matches(all);
        return starts
            .Where((start, i) =>
                all[start.Index..(i + 1 < starts.Count ? starts[i + 1].Index : all.Length)].Contains(text, StringComparison.Ordinal))
            .Select(start => start.Groups[1].Value).ToHashSet();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [GeneratedRegex("\n\x10(.{16})\x12\x08.{8}", RegexOptions.Singleline)]
    private static partial Regex SpanStart();
}
