using System.Diagnostics;
using System.Net;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Load;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>"This is not mine", with two silos and two Api nodes.</summary>
[Collection(QuickCluster.Name)]
public sealed class ReportTests(QuickCluster quick)
{
    private const int AtOnce = 20;

    /// <summary>A second is promised; a default run shares its machine with other tests.</summary>
    private static readonly TimeSpan Refused = TimeSpan.FromSeconds(Settings.RunsAll ? 1 : 8);

    [Fact]
    public async Task A_reported_replay_is_refused_everywhere_and_its_open_playbacks_are_cut_off()
    {
        var apis = quick.Processes.Apis;
        await Report(await StoppedReplay.Record(apis)); // what is done for the first time takes longer
        var replay = await StoppedReplay.Record(apis);
        var players = apis.Select(replay.PlayAndPause).ToList();
        await Task.WhenAll(players.Select(player => player.Paused));

        var asked = Stopwatch.GetTimestamp();
        var refusals = apis.Select(api => Task.Run(() => Refusal(api, replay))).ToList();
        await Report(replay);
        var answered = Stopwatch.GetTimestamp();
        foreach (var api in apis)
            await replay.IsRefused(api);
        var refused = (await Task.WhenAll(refusals)).Max();
        var cut = (await Task.WhenAll(players.Select(player => player.CutOff.WaitAsync(TimeSpan.FromSeconds(30))))).Max();
        players.ForEach(player => player.Dispose());

        Console.WriteLine($"Of a report: refused everywhere after {Since(refused)}, open playbacks cut after {Since(cut)}, answered after {Since(answered)}.");
        Assert.True(Stopwatch.GetElapsedTime(asked, refused) < Refused, $"Refused after {Since(refused)}.");
        Assert.True(Stopwatch.GetElapsedTime(asked, cut) < Refused + TimeSpan.FromSeconds(1), $"Media were cut off after {Since(cut)}.");

        string Since(long moment) => $"{Stopwatch.GetElapsedTime(asked, moment).TotalMilliseconds:0} ms";
    }

    [Fact]
    public async Task Twenty_reports_at_once_of_one_replay_open_one_incident()
    {
        var apis = quick.Processes.Apis;
        var replay = await StoppedReplay.Record(apis);
        using var users = new LoadClient([.. apis.Select(api => api.Address)]);

        var asked = Stopwatch.GetTimestamp();
        var incidents = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            (string?)(await users.Ask(HttpStatusCode.Accepted, HttpMethod.Post, $"/v1/me/replays/{replay.Id}/report", replay.Token, new { reason = "not-mine" }))
                .Json["incident"]));
        var answered = Stopwatch.GetElapsedTime(asked);

        Assert.NotNull(Assert.Single(incidents.Distinct()));
        var reports = await users.Ask(HttpStatusCode.OK, HttpMethod.Get, "/v1/me/reports", replay.Token);
        Assert.Single(reports.Json["items"]!.AsArray());
        var open = new List<string>();
        for (var after = ""; ;)
        {
            var page = (await users.Ask(HttpStatusCode.OK, HttpMethod.Get, $"/v1/incidents?limit=100{after}", TestTokens.Officer)).Json;
            open.AddRange(page["items"]!.AsArray().Where(i => i!["recordings"]!.AsArray().Any(r => (string?)r == replay.Name)).Select(i => (string)i!["id"]!));
            if ((string?)page["next"] is not { } next)
                break;
            after = $"&after={Uri.EscapeDataString(next)}";
        }
        Assert.Equal(incidents.Distinct(), open);
        Console.WriteLine($"{AtOnce} reports at once through {apis.Count} Api nodes were answered within {answered.TotalMilliseconds:0} ms: one incident.");
    }

    private async Task Report(StoppedReplay replay)
    {
        using var users = new LoadClient([quick.Processes.Apis[0].Address]);
        await users.Ask(HttpStatusCode.Accepted, HttpMethod.Post, $"/v1/me/replays/{replay.Id}/report", replay.Token, new { reason = "not-mine" });
    }

    /// <summary>When a node has refused the replay for the first time; by the stopwatch.</summary>
    private static async Task<long> Refusal(ProgramProcess api, StoppedReplay replay)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await replay.Get(api, "/media") is not HttpStatusCode.NotFound)
            await pace.WaitForNextTickAsync();
        return Stopwatch.GetTimestamp();
    }
}
