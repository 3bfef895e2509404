using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Replays.Api.Tests.Browsing;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Playback;

public sealed class BrowserTests(EmbeddedApi embedded)
{
    private const int Seconds = 6;

    private static readonly byte[] Clip = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Demo", "consultation.mp4"));

    [Fact]
    public async Task A_browser_plays_a_playback_url_seeks_to_its_middle_and_knows_its_duration()
    {
        var api = embedded.Api;
        var patient = ApiProcess.NewPatient();
        var id = await api.Give(patient, Clip);
        var made = await api.Must(HttpStatusCode.Created, HttpMethod.Post, $"/v1/me/replays/{id}/playback", TestTokens.Patient(patient));
        await using var page = await Serve($"<video id=v muted src=\"{new Uri(api.Program.Address, (string)made!["url"]!)}\"></video>");

        await using var chromium = await Chromium.Start();
        var tab = await chromium.NewTab();
        await tab.GotoAsync(page.Urls.Single());
        var seen = await tab.EvaluateAsync<JsonElement>("""
            async () => {
                const v = document.getElementById('v');
                const until = (event, condition) => new Promise((done, failed) => {
                    const look = () => condition() && done();
                    v.addEventListener(event, look);
                    v.addEventListener('error', () => failed(v.error.message));
                    setTimeout(() => failed('no ' + event + ' at ' + v.currentTime), 30000);
                    look();
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

        Assert.Equal(Seconds, seen.GetProperty("duration").GetDouble(), 0.1);
        Assert.Equal(Seconds / 2.0, seen.GetProperty("middle").GetDouble(), 0.1);
        Assert.True(seen.GetProperty("width").GetInt32() > 0);
        Assert.True(seen.GetProperty("frames").GetInt32() > 0);
    }

    /// <summary>The app's own page, on another port, which Chromium takes for another site.</summary>
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
