using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Replays.Api.Tests.Http;
using Replays.Grains.Tests.Storage;

namespace Replays.Bench;

/// <summary>
/// Playback with decryption against Kestrel serving the same file in plaintext from another process; the time to the first byte of a range;
/// and the Api's memory during concurrent uploads and playbacks.
/// </summary>
internal static class PlaybackBench
{
    private const int Rounds = 5, Seeks = 101, Players = 16;

    /// <summary>The peer: serves a plaintext file.</summary>
    /// <param name="args">Path of the file, and the port.</param>
    public static async Task Serve(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{args[1]}");
        var app = builder.Build();
        app.MapGet("/media", () => TypedResults.PhysicalFile(args[0], "video/mp4", enableRangeProcessing: true));
        await app.RunAsync();
    }

    /// <param name="args">MiB of the smaller recording; 1024 by default. The larger one is twice that.</param>
    public static async Task Run(string[] args)
    {
        var size = (args is [var mib] ? int.Parse(mib) : 1024) * (long)LargeMediaContent.MiB;
        await using var api = await ApiProcess.Start();
        var patient = ApiProcess.NewPatient();
        var number = await api.Begin(patient);
        await api.Record(patient, number);
        var idle = ProcessMemory.Current(api.Program);
        var (small, large) = (await Record(api, patient, number, size), await Record(api, patient, number, 2 * size));

        await Throughput(api, patient, small, size);
        await FirstByte(api, patient, large, 2 * size);
        await MemoryUnderLoad(api, patient, number, large, 2 * size, idle);
    }

    private static async Task Throughput(ApiProcess api, string patient, string replay, long size)
    {
        var file = Path.GetTempFileName();
        await using (var stream = File.Create(file))
            await new LargeMediaContent(size).Write(stream);
        var port = LoopbackPort.Next();
        using var peer = Process.Start(Environment.ProcessPath!, ["serve", file, $"{port}"]);
        using var plaintext = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        while (!await IsReady(plaintext))
        {
            if (peer.HasExited)
                throw new InvalidOperationException("The peer did not start.");
        }

        List<double> ours = [], theirs = [];
        for (var round = -1; round < Rounds; round++)
        {
            var (own, other) = (
                await Rate(() => api.Media(patient, replay), size),
                await Rate(() => plaintext.GetAsync("/media", HttpCompletionOption.ResponseHeadersRead), size));
            if (round < 0)
                continue; // warm-up
            ours.Add(own);
            theirs.Add(other);
        }
        peer.Kill();
        File.Delete(file);
        Ratio.Print($"playback of {size / LargeMediaContent.MiB} MiB, MB/s, against Kestrel in plaintext", ours, theirs, "at least 0.6");
    }

    private static async Task FirstByte(ApiProcess api, string patient, string replay, long size)
    {
        List<double> start = [], end = [];
        for (var seek = -5; seek < Seeks; seek++)
        {
            var (first, last) = (await Seek(api, patient, replay, 0), await Seek(api, patient, replay, size - 100_000));
            if (seek < 0)
                continue; // warm-up
            start.Add(first);
            end.Add(last);
        }
        var quantity = $"first byte of a range at the end of {size / LargeMediaContent.MiB} MiB, ms, against one at the start";
        Ratio.Print(quantity, end, start, "at most 1.5");
    }

    private static async Task MemoryUnderLoad(ApiProcess api, string patient, int number, string replay, long size, long idle)
    {
        await ProcessMemory.ResetPeak(api.Program);
        long served = 0;
        var upload = Record(api, patient, number, size);
        await Task.WhenAll(Enumerable.Range(0, Players).Select(async player =>
        {
            var from = player * (size / Players);
            do
            {
                await Rate(() => api.Media(patient, replay, ("Range", $"bytes={from}-{from + size / Players - 1}")), size / Players);
                Interlocked.Add(ref served, size / Players);
            }
            while (!upload.IsCompleted);
        }));
        await upload;
        var growth = ProcessMemory.Peak(api.Program) - idle;
        Console.WriteLine($"memory of the Api during an upload of {size / 1e9:0.0} GB and playback of {served / 1e9:0.0} GB to {Players} "
            + $"players: idle {idle / 1e6:0} MB, at most {growth / 1e6:0} MB above it (target at most 100)");
    }

    /// <returns>The replay's id.</returns>
    private static async Task<string> Record(ApiProcess api, string patient, int number, long size)
    {
        var opened = await api.Open(patient, number);
        var ordinal = (int)opened["ordinal"]!;
        using var http = new HttpClient { BaseAddress = api.Program.Address, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Recorder);
        var media = new LargeMediaContent(size);
        using var put = await http.PutAsync((string)opened["upload"]!, media);
        put.EnsureSuccessStatusCode();
        var seal = new { durationSeconds = 2, sha256 = await new LargeMediaContent(size).Digest() };
        while (true)
        {
            using var response = await http.PostAsJsonAsync($"{ApiProcess.PathOf(patient, number)}/recordings/{ordinal}/seal", seal);
            if (response.StatusCode is HttpStatusCode.OK)
                return $"{number}-{ordinal}";
            if (response.StatusCode is not HttpStatusCode.Accepted)
                throw new InvalidOperationException($"seal: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    /// <returns>MB/s.</returns>
    private static async Task<double> Rate(Func<Task<HttpResponseMessage>> send, long size)
    {
        var buffer = new byte[LargeMediaContent.MiB];
        var started = Stopwatch.GetTimestamp();
        using var response = await send();
        await using var body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        long received = 0;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
            received += read;
        return received == size
            ? size / 1e6 / Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidOperationException($"{received} of {size} bytes received.");
    }

    /// <returns>Milliseconds to the first byte of a range.</returns>
    private static async Task<double> Seek(ApiProcess api, string patient, string replay, long from)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await api.Media(patient, replay, ("Range", $"bytes={from}-{from + 65_535}"));
        await using var body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[1]);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task<bool> IsReady(HttpClient http)
    {
        try
        {
            using var response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
