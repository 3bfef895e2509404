using System.Diagnostics;
using System.Net;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Load;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

[Collection(SharedCluster.Name)]
public sealed class ReportTests(SharedCluster cluster)
{
    private const int ConcurrentReports = 20;

    /// <summary>The documented limit is 1 s; a default run shares its machine with other tests.</summary>
    private static readonly TimeSpan DenialLimit = TimeSpan.FromSeconds(Settings.IsFullRun ? 1 : 8);

    [Fact]
    public async Task A_reported_replay_is_denied_everywhere_and_its_open_playbacks_are_aborted()
    {
        var apis = cluster.Processes.Apis;
        await Report(await StoppedReplay.Record(apis)); // warm-up
        var replay = await StoppedReplay.Record(apis);
        var players = apis.Select(replay.PlayAndPause).ToList();
        await Task.WhenAll(players.Select(player => player.Paused));

        var reported = Stopwatch.GetTimestamp();
        var denials = apis.Select(api => Task.Run(() => WaitForDenial(api, replay))).ToList();
        await Report(replay);
        var acknowledged = Stopwatch.GetTimestamp();
        foreach (var api in apis)
            await replay.AssertNotFound(api);
        var denied = (await Task.WhenAll(denials)).Max();
        var aborted = (await Task.WhenAll(players.Select(player => player.Aborted.WaitAsync(TimeSpan.FromSeconds(30))))).Max();
        players.ForEach(player => player.Dispose());

        Console.WriteLine($"Report: denied everywhere after {Since(denied)}, open playbacks aborted after {Since(aborted)}, "
            + $"acknowledged after {Since(acknowledged)}.");
        Assert.True(Stopwatch.GetElapsedTime(reported, denied) < DenialLimit, $"Denied after {Since(denied)}.");
        var abortLimit = DenialLimit + TimeSpan.FromSeconds(1);
        Assert.True(Stopwatch.GetElapsedTime(reported, aborted) < abortLimit, $"Playback was aborted after {Since(aborted)}.");

        string Since(long timestamp) => $"{Stopwatch.GetElapsedTime(reported, timestamp).TotalMilliseconds:0} ms";
    }

    [Fact]
    public async Task Twenty_concurrent_reports_of_one_replay_open_one_incident()
    {
        var apis = cluster.Processes.Apis;
        var replay = await StoppedReplay.Record(apis);
        using var client = new LoadClient([.. apis.Select(api => api.Address)]);

        var started = Stopwatch.GetTimestamp();
        var incidents = await Task.WhenAll(
            Enumerable.Range(0, ConcurrentReports).Select(async _ => (string?)(await Report(client, replay)).Json["incident"]));
        var duration = Stopwatch.GetElapsedTime(started);

        Assert.NotNull(Assert.Single(incidents.Distinct()));
        var reports = await client.Send(HttpStatusCode.OK, HttpMethod.Get, "/v1/me/reports", replay.Token);
        Assert.Single(reports.Json["items"]!.AsArray());
        var open = (await client.SendPaged("/v1/incidents", TestTokens.Officer))
            .Where(i => i["recordings"]!.AsArray().Any(r => (string?)r == replay.Name)).Select(i => (string)i["id"]!);
        Assert.Equal(incidents.Distinct(), open);
        Console.WriteLine(
            $"{ConcurrentReports} concurrent reports through {apis.Count} Api nodes took {duration.TotalMilliseconds:0} ms: one incident.");
    }

    private async Task Report(StoppedReplay replay)
    {
        using var client = new LoadClient([cluster.Processes.Apis[0].Address]);
        await Report(client, replay);
    }

    private static Task<LoadClient.Response> Report(LoadClient client, StoppedReplay replay) => client.Send(
        HttpStatusCode.Accepted, HttpMethod.Post, $"/v1/me/replays/{replay.Id}/report", replay.Token, new { reason = "not-mine" });

    /// <returns>When the node first denied the replay, as a <see cref="Stopwatch"/> timestamp.</returns>
    private static async Task<long> WaitForDenial(ProgramProcess api, StoppedReplay replay)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await replay.Get(api, "/media") is not HttpStatusCode.NotFound)
            await pace.WaitForNextTickAsync();
        return Stopwatch.GetTimestamp();
    }
}
