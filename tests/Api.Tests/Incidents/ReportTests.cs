using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Incidents;

/// <summary>From "this is not mine" to nobody seeing it any more.</summary>
public sealed class ReportTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public async Task A_reported_replay_is_gone_before_the_answer_and_so_is_what_was_being_played()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        // Larger than what the connection's buffers hold: the rest is still to be sent when the report comes.
        var replay = await _api.Record(patient, number, Large());
        var kept = await _api.Record(patient, number);
        using var playing = await _api.Media(patient, replay);
        Assert.Equal(HttpStatusCode.OK, playing.StatusCode);
        await using var media = await playing.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await media.ReadExactlyAsync(new byte[1000], TestContext.Current.CancellationToken);

        var incident = await _api.Report(patient, replay);

        Assert.Equal([kept], await _api.Replays(patient));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await _api.Try(HttpMethod.Get, $"/v1/me/replays/{replay}", TestTokens.Patient(patient)));
        Assert.Equal(HttpStatusCode.NotFound, await _api.MediaStatus(patient, replay));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"),
            await _api.Try(HttpMethod.Post, $"/v1/me/replays/{replay}/playback", TestTokens.Patient(patient)));
        Assert.Equal(HttpStatusCode.OK, await _api.MediaStatus(patient, kept));
        await Assert.ThrowsAnyAsync<Exception>(() => media.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));

        var view = await _api.Incident(incident);
        Assert.Equal("open", (string?)view["status"]);
        Assert.Equal("suspected", (string?)view["kind"]);
        Assert.Equal($"patients/{patient}/consultations/{number}/recordings/1", (string?)Assert.Single(view["recordings"]!.AsArray()));
        Assert.Equal(TimeSpan.FromHours(72), (DateTimeOffset)view["reportDueAt"]! - (DateTimeOffset)view["reportedAt"]!);
        Assert.Contains("replay.reported", await _api.TrailKinds(patient));
        var own = Assert.Single((await _api.Get("/v1/me/reports", TestTokens.Patient(patient)))!["items"]!.AsArray())!;
        Assert.Equal((incident, "open", replay), ((string?)own["incident"], (string?)own["status"], (string?)Assert.Single(own["replays"]!.AsArray())));
    }

    [Fact]
    public async Task Twenty_reports_at_once_open_one_incident()
    {
        var patient = ApiProcess.NewPatient();
        var replay = await _api.Give(patient);
        var incidents = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _api.Report(patient, replay)));
        Assert.Single(incidents.Distinct());
        Assert.Equal(["replay.reported"], (await _api.TrailKinds(patient)).Where(kind => kind?.StartsWith("replay.rep", StringComparison.Ordinal) is true));
    }

    [Fact]
    public async Task Reported_again_it_is_the_same_incident_to_its_reporter_and_nothing_to_others()
    {
        var patient = ApiProcess.NewPatient();
        var replay = await _api.Give(patient);
        var incident = await _api.Report(patient, replay);
        Assert.Equal(incident, await _api.Report(patient, replay));

        var asStaff = $"/v1/patients/{patient}/replays/{replay}/report";
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await _api.Try(HttpMethod.Post, asStaff, TestTokens.Clinician, IncidentApi.NotMine));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await _api.Try(HttpMethod.Post, asStaff, TestTokens.For("clin-2", "clinician"), IncidentApi.NotMine));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"),
            await _api.Try(HttpMethod.Post, $"/v1/me/replays/{replay}/report", TestTokens.Patient(ApiProcess.NewPatient()), IncidentApi.NotMine));

        await _api.Resolve(incident, "restored");
        Assert.Equal([replay], await _api.Replays(patient));
        var again = await _api.Report(patient, replay);
        Assert.NotEqual(incident, again);
        Assert.Equal("open", (string?)(await _api.Incident(again))["status"]);
        Assert.Equal("resolved", (string?)(await _api.Incident(incident))["status"]);

        await _api.Resolve(again, "withdrawn");
        Assert.Equal((HttpStatusCode.NotFound, "not-found"),
            await _api.Try(HttpMethod.Post, $"/v1/me/replays/{replay}/report", TestTokens.Patient(patient), IncidentApi.NotMine));
        var own = (await _api.Get("/v1/me/reports", TestTokens.Patient(patient)))!["items"]!.AsArray();
        Assert.Equal(["withdrawn", "restored"], own.Select(report => (string?)report!["status"]));
    }

    [Fact]
    public async Task The_clinician_reports_replays_of_own_consultations_and_no_others()
    {
        var patient = ApiProcess.NewPatient();
        var replay = await _api.Give(patient);
        var path = $"/v1/patients/{patient}/replays/{replay}/report";
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await _api.Try(HttpMethod.Post, path, TestTokens.For("clin-2", "clinician"), IncidentApi.NotMine));
        Assert.Equal([replay], await _api.Replays(patient));
        await _api.Must(HttpStatusCode.Accepted, HttpMethod.Post, path, TestTokens.Clinician, IncidentApi.NotMine);
        Assert.Empty(await _api.Replays(patient));
    }

    [Fact]
    public async Task One_report_names_some_replays_or_all()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var replays = new List<string>();
        for (var i = 0; i < 3; i++)
            replays.Add(await _api.Record(patient, number));
        var token = TestTokens.Patient(patient);

        // One that is not there: nothing happens, to none of them.
        Assert.Equal((HttpStatusCode.NotFound, "not-found"),
            await _api.Try(HttpMethod.Post, "/v1/me/report", token, new { replays = new[] { replays[0], "9-9" }, reason = "other" }));
        foreach (var bad in new object?[] { "some", Array.Empty<string>(), 1, null, new object[] { 1 } })
            Assert.Equal((HttpStatusCode.BadRequest, "validation"), await _api.Try(HttpMethod.Post, "/v1/me/report", token, new { replays = bad, reason = "other" }));
        Assert.Equal(3, (await _api.Replays(patient)).Count);

        var some = await _api.Must(HttpStatusCode.Accepted, HttpMethod.Post, "/v1/me/report", token, new { replays = replays[..2], reason = "other" });
        Assert.Equal([replays[2]], await _api.Replays(patient));
        Assert.Equal(2, (await _api.Incident((string)some!["incident"]!))["recordings"]!.AsArray().Count);

        // Again, beside one that somebody else reported first: it is theirs all the same, and still is when that one is out of reach.
        await _api.Must(HttpStatusCode.Accepted, HttpMethod.Post, $"/v1/patients/{patient}/replays/{replays[2]}/report", TestTokens.Clinician, IncidentApi.NotMine);
        foreach (var again in new object[] { replays.AsEnumerable().Reverse().ToArray(), "all" })
        {
            var same = await _api.Must(HttpStatusCode.Accepted, HttpMethod.Post, "/v1/me/report", token, new { replays = again, reason = "other" });
            Assert.Equal((string?)some["incident"], (string?)same!["incident"]);
        }
        var clinicians = (await _api.Get("/v1/incidents?status=open&limit=100", TestTokens.Officer))!["items"]!.AsArray()
            .Single(open => open!["recordings"]!.AsArray().Any(name => ((string)name!).StartsWith($"patients/{patient}/", StringComparison.Ordinal) && ((string)name!).EndsWith("/3", StringComparison.Ordinal)))!;
        await _api.Resolve((string)clinicians["id"]!, "restored");
        var all = await _api.Must(HttpStatusCode.Accepted, HttpMethod.Post, "/v1/me/report", token, new { replays = "all", reason = "not-mine" });
        Assert.Empty(await _api.Replays(patient));
        Assert.Single((await _api.Incident((string)all!["incident"]!))["recordings"]!.AsArray());
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"reason":"spam"}""")]
    [InlineData("""{"reason":"Not-Mine"}""")]
    [InlineData("""{"reason":0}""")]
    [InlineData("""{"reason":"other","comment":""}""")]
    [InlineData("""{"reason":"other","comment":"\u0000"}""")]
    public async Task A_malformed_report_changes_nothing(string body)
    {
        var patient = ApiProcess.NewPatient();
        using var content = new StringContent(body, null, "application/json");
        Assert.Equal((HttpStatusCode.BadRequest, "validation"),
            await _api.Try(HttpMethod.Post, "/v1/me/replays/1-1/report", TestTokens.Patient(patient), content));
    }

    [Fact]
    public async Task A_flood_of_reports_is_slowed_down_and_buries_nobody_elses()
    {
        var flooder = ApiProcess.NewPatient();
        var number = await _api.Begin(flooder);
        var replays = new List<string>();
        for (var i = 0; i < 25; i++)
            replays.Add(await _api.Record(flooder, number));
        var incidents = new HashSet<string>();
        foreach (var replay in replays)
            incidents.Add(await _api.Report(flooder, replay));
        Assert.Equal(20, incidents.Count); // the rest went into the last of them
        var last = await _api.Must(HttpStatusCode.Accepted, HttpMethod.Post, $"/v1/me/replays/{await _api.Record(flooder, number)}/report",
            TestTokens.Patient(flooder), new { reason = "other", comment = "I know her" });
        Assert.Equal("other: I know her", (string?)(await _api.Incident((string)last!["incident"]!))["steps"]!.AsArray()[^1]!["detail"]); // what they said is kept
        Assert.Empty(await _api.Replays(flooder));

        var began = Stopwatch.StartNew();
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 10_000; i += 50)
        {
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
            {
                using var answer = await ApiCalls.Patiently(
                    () => _api.Send(HttpMethod.Post, $"/v1/me/replays/{replays[0]}/report", TestTokens.Patient(flooder), IncidentApi.NotMine));
                if (answer.StatusCode is HttpStatusCode.TooManyRequests)
                    Assert.True(answer.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
                return answer.StatusCode;
            })));
        }
        Assert.InRange(answers.Count(status => status is HttpStatusCode.Accepted), 1, 60 + (int)began.Elapsed.TotalSeconds + 1);
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.Accepted or HttpStatusCode.TooManyRequests, $"{status}"));
        // One a second is let through again: on a slow machine the next may be just that one.
        await IncidentApi.Until(async () => (HttpStatusCode.TooManyRequests, "too-many-requests")
            == await _api.Try(HttpMethod.Post, $"/v1/me/replays/{replays[0]}/report", TestTokens.Patient(flooder), IncidentApi.NotMine), "It is refused by its code.");

        // Somebody else is neither kept waiting nor lost among them.
        var patient = ApiProcess.NewPatient();
        var incident = await _api.Report(patient, await _api.Give(patient));
        var listed = await Listed(incidents);
        Assert.Contains(incident, listed);
        Assert.Equal(20, listed.Count(incidents.Contains));
    }

    /// <param name="own">Nobody else changes these meanwhile: their order is looked at.</param>
    private async Task<List<string>> Listed(IReadOnlyCollection<string> own)
    {
        var ids = new List<string>();
        for (var after = ""; ;)
        {
            var page = await _api.Get($"/v1/incidents?status=open&limit=100{after}", TestTokens.Officer);
            var items = page!["items"]!.AsArray();
            ids.AddRange(items.Select(item => (string)item!["id"]!));
            var due = items.Where(item => own.Contains((string)item!["id"]!)).Select(Due).ToList();
            Assert.Equal(due.Order(), due); // what is due first, first
            if ((string?)page["next"] is not { } next)
                return ids;
            after = $"&after={next}";
        }
    }

    private static DateTimeOffset Due(JsonNode? incident) => (DateTimeOffset?)incident!["reportDueAt"] ?? DateTimeOffset.MaxValue;

    /// <summary>A real clip with 8 MB that players skip at its end.</summary>
    private static byte[] Large()
    {
        var length = 8 << 20;
        byte[] skipped = [(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. "free"u8];
        return [.. ApiProcess.Video, .. skipped, .. new byte[length - skipped.Length]];
    }
}
