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
/// A recording decrypted as it is sent, against Kestrel sending the same file in the clear from a process of its own; how soon a range begins; and the Api's memory
/// while media go in and out.
/// </summary>
internal static class PlaybackBench
{
    private const int Rounds = 5, Seeks = 101, Players = 16;

    /// <summary>Serves a file in the clear: the peer, as a process of its own.</summary>
    public static async Task Serve(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{args[1]}");
        var app = builder.Build();
        app.MapGet("/media", () => TypedResults.PhysicalFile(args[0], "video/mp4", enableRangeProcessing: true));
        await app.RunAsync();
    }

    /// <param name="args">MiB of the smaller recording; 1024 unless told. The larger one is twice that.</param>
    public static async Task Run(string[] args)
    {
        var size = (args is [var told] ? int.Parse(told) : 1024) * (long)BigMedia.MiB;
        await using var api = await ApiProcess.Start();
        var patient = ApiProcess.NewPatient();
        var number = await api.Begin(patient);
        await api.Record(patient, number);
        var idle = Memory.Now(api.Program);
        var (small, large) = (await Record(api, patient, number, size), await Record(api, patient, number, 2 * size));

        await Throughput(api, patient, small, size);
        await FirstByte(api, patient, large, 2 * size);
        await InAndOut(api, patient, number, large, 2 * size, idle);
    }

    private static async Task Throughput(ApiProcess api, string patient, string replay, long size)
    {
        var file = Path.GetTempFileName();
        await using (var stream = File.Create(file))
            await new BigMedia(size).Write(stream);
        var port = LoopbackPort.Next();
        using var peer = Process.Start(Environment.ProcessPath!, ["serve", file, $"{port}"]);
        using var plain = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        while (!await Answers(plain))
        {
            if (peer.HasExited)
                throw new InvalidOperationException("The peer does not start.");
        }

        List<double> ours = [], theirs = [];
        for (var round = -1; round < Rounds; round++)
        {
            var (own, other) = (
                await Rate(() => api.Media(patient, replay), size),
                await Rate(() => plain.GetAsync("/media", HttpCompletionOption.ResponseHeadersRead), size));
            if (round < 0)
                continue; // neither is measured cold
            ours.Add(own);
            theirs.Add(other);
        }
        peer.Kill();
        File.Delete(file);
        Ratio.Print($"playback of {size / BigMedia.MiB} MiB, MB/s, against Kestrel in the clear", ours, theirs, "at least 0.6");
    }

    private static async Task FirstByte(ApiProcess api, string patient, string replay, long size)
    {
        List<double> begin = [], end = [];
        for (var seek = -5; seek < Seeks; seek++)
        {
            var (first, last) = (await Seek(api, patient, replay, 0), await Seek(api, patient, replay, size - 100_000));
            if (seek < 0)
                continue;
            begin.Add(first);
            end.Add(last);
        }
        Ratio.Print($"first byte of a range at the end of {size / BigMedia.MiB} MiB, ms, against one at its beginning", end, begin, "at most 1.5");
    }

    private static async Task InAndOut(ApiProcess api, string patient, int number, string replay, long size, long idle)
    {
        await Memory.Forget(api.Program);
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
        Console.WriteLine($"memory of the Api while {size / 1e9:0.0} GB go in and {served / 1e9:0.0} GB out to {Players} players: idle {idle / 1e6:0} MB, "
            + $"at most {(Memory.Peak(api.Program) - idle) / 1e6:0} MB above it (target at most 100)");
    }

    /// <returns>The replay's id.</returns>
    private static async Task<string> Record(ApiProcess api, string patient, int number, long size)
    {
        var opened = await api.Open(patient, number);
        var ordinal = (int)opened["ordinal"]!;
        using var http = new HttpClient { BaseAddress = api.Program.Address, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Recorder);
        var media = new BigMedia(size);
        using var put = await http.PutAsync((string)opened["upload"]!, media);
        put.EnsureSuccessStatusCode();
        var seal = new { durationSeconds = 2, sha256 = await new BigMedia(size).Digest() };
        while (true)
        {
            using var answer = await http.PostAsJsonAsync($"{ApiProcess.PathOf(patient, number)}/recordings/{ordinal}/seal", seal);
            if (answer.StatusCode is HttpStatusCode.OK)
                return $"{number}-{ordinal}";
            if (answer.StatusCode is not HttpStatusCode.Accepted)
                throw new InvalidOperationException($"seal: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    /// <returns>MB/s.</returns>
    private static async Task<double> Rate(Func<Task<HttpResponseMessage>> ask, long size)
    {
        var buffer = new byte[BigMedia.MiB];
        var started = Stopwatch.GetTimestamp();
        using var answer = await ask();
        await using var body = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        long all = 0;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
            all += read;
        return all == size ? size / 1e6 / Stopwatch.GetElapsedTime(started).TotalSeconds : throw new InvalidOperationException($"{all} of {size} bytes came.");
    }

    /// <returns>Milliseconds to the first byte of a range.</returns>
    private static async Task<double> Seek(ApiProcess api, string patient, string replay, long from)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await api.Media(patient, replay, ("Range", $"bytes={from}-{from + 65_535}"));
        await using var body = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[1]);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task<bool> Answers(HttpClient http)
    {
        try
        {
            using var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
