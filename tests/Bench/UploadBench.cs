using System.Diagnostics;
using System.Net;
using Replays.Api.Tests.Http;
using Replays.Api.Tests.Npm;
using Replays.Grains.Tests.Storage;

namespace Replays.Bench;

/// <summary>
/// One PATCH of 1 GB over the loopback interface to the Api, which encrypts and syncs the media to disk before it acknowledges, and to
/// npm's <c>@tus/server</c> with its file store, which acknowledges after the write; and the Api's memory meanwhile.
/// </summary>
internal static class UploadBench
{
    private const int Rounds = 5, MiB = LargeMediaContent.MiB;

    /// <param name="args">MiB to upload; 1024 by default.</param>
    public static async Task Run(string[] args)
    {
        var size = (args is [var mib] ? int.Parse(mib) : 1024) * (long)MiB;
        await using var api = await ApiProcess.Start();
        using var peer = await Peer.Start();
        // Warm-up.
        for (var round = 0; round < 3; round++)
        {
            await ToApi(api, 256 * MiB);
            await ToPeer(peer, 256 * MiB);
        }

        var idle = ProcessMemory.Current(api.Program);
        await ProcessMemory.ResetPeak(api.Program);

        List<double> ours = [], theirs = [];
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await ToApi(api, size));
            theirs.Add(await ToPeer(peer, size));
        }

        Ratio.Print($"upload of {size / MiB} MiB, MB/s, against @tus/server", ours, theirs, "at least 1.0");
        var growth = ProcessMemory.Peak(api.Program) - idle;
        Console.WriteLine($"memory of the Api: idle {idle / 1e6:0} MB, at most {growth / 1e6:0} MB above it (target at most 100)");
    }

    private static async Task<double> ToApi(ApiProcess api, long size)
    {
        var patient = ApiProcess.NewPatient();
        var opened = await api.Open(patient, await api.Begin(patient));
        var (rate, status) = await Patch(new Uri(api.Program.Address, (string)opened["upload"]!), TestTokens.Recorder, size);
        return status is HttpStatusCode.NoContent ? rate : throw new InvalidOperationException($"PATCH: {status}");
    }

    private static async Task<double> ToPeer(Peer peer, long size)
    {
        using var create = new HttpRequestMessage(HttpMethod.Post, peer.Files);
        create.Headers.Add("Tus-Resumable", "1.0.0");
        create.Headers.Add("Upload-Length", $"{size}");
        using var http = new HttpClient();
        using var created = await http.SendAsync(create);
        var (rate, status) = await Patch(new Uri(peer.Files, created.Headers.Location!), null, size);
        peer.DeleteUploads();
        return status is HttpStatusCode.NoContent ? rate : throw new InvalidOperationException($"PATCH: {status}");
    }

    /// <returns>MB/s, from the request to the response.</returns>
    private static async Task<(double Rate, HttpStatusCode Status)> Patch(Uri upload, string? token, long size)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Patch, upload) { Content = new LargeMediaContent(size) };
        request.Content.Headers.ContentType = new("application/offset+octet-stream");
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Offset", "0");
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        var started = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request);
        return (size / 1e6 / Stopwatch.GetElapsedTime(started).TotalSeconds, response.StatusCode);
    }

    private sealed class Peer : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("replays-tus-").FullName;
        private Process? _process;

        public Uri Files { get; } = new($"http://127.0.0.1:{LoopbackPort.Next()}/files/");

        public static async Task<Peer> Start()
        {
            var peer = new Peer();
            var modules = await NpmPackages.Install("TusServer", "tus-server-2.4.5");
            // Node resolves modules from the directory of the script.
            var script = Path.Combine(Path.GetDirectoryName(modules)!, "server.mjs");
            File.Copy(Path.Combine(AppContext.BaseDirectory, "TusServer", "server.mjs"), script, overwrite: true);
            peer._process = Process.Start("node", [script, peer._directory, $"{peer.Files.Port}"]);
            using var http = new HttpClient();
            while (!await IsReady(http, peer.Files))
            {
                if (peer._process.HasExited)
                    throw new InvalidOperationException("@tus/server did not start.");
            }

            return peer;
        }

        public void DeleteUploads()
        {
            foreach (var file in Directory.EnumerateFiles(_directory))
                File.Delete(file);
        }

        public void Dispose()
        {
            _process?.Kill();
            _process?.WaitForExit();
            _process?.Dispose();
            Directory.Delete(_directory, recursive: true);
        }

        private static async Task<bool> IsReady(HttpClient http, Uri files)
        {
            try
            {
                using var response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Options, files));
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
