using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Replays.Api.Tests.Browser;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Playback;

public sealed class BrowserPlaybackTests(EmbeddedApi embedded)
{
    private const int Seconds = 6;

    private static readonly byte[] Clip = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Demo", "consultation.mp4"));

    [Fact]
    public async Task A_browser_plays_and_seeks_a_playback_url_and_reads_its_duration()
    {
        var api = embedded.Api;
        var patient = ApiProcess.NewPatient();
        var id = await api.Give(patient, Clip);
        var playback = await api.Expect(
            HttpStatusCode.Created, HttpMethod.Post, $"/v1/me/replays/{id}/playback", TestTokens.Patient(patient));
        await using var page = await Serve($"<video id=v muted src=\"{new Uri(api.Program.Address, (string)playback!["url"]!)}\"></video>");

        await using var chromium = await Chromium.Start();
        var tab = await chromium.NewTab();
        await tab.GotoAsync(page.Urls.Single());
        var result = await tab.EvaluateAsync<JsonElement>("""
            async () => {
                const v = document.getElementById('v');
                const until = (event, condition) => new Promise((resolve, reject) => {
                    const check = () => condition() && resolve();
                    v.addEventListener(event, check);
                    v.addEventListener('error', () => reject(v.error.message));
                    setTimeout(() => reject('no ' + event + ' at ' + v.currentTime), 30000);
                    check();
                });
                await until('loadeddata', () => v.readyState >= 2);
                v.play();
                await until('timeupdate', () => v.currentTime > 0.2);
                v.pause();
                v.currentTime = v.duration / 2;
                await until('seeked', () => !v.seeking);
                const middle = v.currentTime;
                v.play();
                await until('timeupdate', () => v.currentTime > middle + 0.2);
                return { duration: v.duration, width: v.videoWidth, middle, frames: v.getVideoPlaybackQuality().totalVideoFrames };
            }
            """);

        Assert.Equal(Seconds, result.GetProperty("duration").GetDouble(), 0.1);
        Assert.Equal(Seconds / 2.0, result.GetProperty("middle").GetDouble(), 0.1);
        Assert.True(result.GetProperty("width").GetInt32() > 0);
        Assert.True(result.GetProperty("frames").GetInt32() > 0);
    }

    /// <summary>Serves the page of the app from another port, which is a different origin.</summary>
    private static async Task<WebApplication> Serve(string html)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/", () => TypedResults.Content(html, "text/html"));
        await app.StartAsync();
        return app;
    }
}
