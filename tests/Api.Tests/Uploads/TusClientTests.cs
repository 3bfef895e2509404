using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Replays.Api.Tests.Http;
using Replays.Api.Tests.Media.Stores;
using Replays.Api.Tests.Npm;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>Uploads 200 MB with the public <c>tus-js-client</c> through ten disconnections, two of them by kill -9 of the server.</summary>
public sealed class TusClientTests(S3Server s3) : IClassFixture<S3Server>
{
    private const long MediaBytes = 200_000_000;
    private const int Disconnections = 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("FileSystem")]
    [InlineData("S3")]
    public async Task An_upload_survives_ten_disconnections_and_plays_back_unchanged(string store)
    {
        s3.Require();
        await using var api = await ApiProcess.Start(new Dictionary<string, string?>(s3.Settings) { ["Replays__Media__Provider"] = store });
        var file = Path.Combine(api.DataDirectory, "clip.mp4");
        var digest = await PaddedClip.Write(file, MediaBytes, Cancellation);
        var patient = ApiProcess.NewPatient();
        var number = await api.Begin(patient);
        var opened = await api.Open(patient, number, body: new { contentType = "video/mp4", length = MediaBytes });
        Func<Task> none = () => Task.CompletedTask, kill = () => api.Restart();

        await using var proxy = new DisconnectingProxy(
            api.Program.Address.Port, MediaBytes / (Disconnections + 1), none, none, kill, none, none, none, none, kill, none, none);
        await Upload($"http://127.0.0.1:{proxy.Port}{opened["upload"]}", file);

        Assert.Equal(Disconnections, proxy.Disconnections);
        var path = $"{ApiProcess.PathOf(patient, number)}/recordings/1";
        using var seal = await ApiCalls.RetryWhileUnavailable(
            () => api.Send(HttpMethod.Post, $"{path}/seal", TestTokens.Recorder, new { durationSeconds = 2, sha256 = digest }));
        Assert.Contains(seal.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Accepted });
        await Wait.Until(async () => (string?)(await api.Get(path, TestTokens.Recorder))!["status"] == "available", seconds: 120);
        using var media = await api.Media(patient, $"{number}-1");
        Assert.Equal(MediaBytes, media.Content.Headers.ContentLength);
        Assert.Equal(digest,
            Convert.ToHexStringLower(await SHA256.HashDataAsync(await media.Content.ReadAsStreamAsync(Cancellation), Cancellation)));
    }

    private static async Task Upload(string url, string file)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Uploads", "TusClient", "upload.js"), url, file])
        {
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = await NpmPackages.Install(Path.Combine("Uploads", "TusClient"), "tus-js-client-4.3.1");
        start.Environment["TOKEN"] = TestTokens.Recorder;
        using var client = Process.Start(start)!;
        var errors = client.StandardError.ReadToEndAsync(Cancellation);
        await client.WaitForExitAsync(Cancellation);
        Assert.True(client.ExitCode == 0, await errors);
    }
}
