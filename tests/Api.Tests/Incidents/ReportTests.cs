using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Replays.Api.Tests.Uploads;
using Xunit;

namespace Replays.Api.Tests.Incidents;

public sealed class ReportTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public async Task Reporting_a_replay_quarantines_it_and_aborts_its_playback_before_the_response()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        // Larger than the buffers of the connection, so that sending is still in progress when the replay is reported.
        var replay = await _api.Record(patient, number, PaddedClip.Create(ApiProcess.Video.Length + (8 << 20)));
        var kept = await _api.Record(patient, number);
        using var playing = await _api.Media(patient, replay);
        Assert.Equal(HttpStatusCode.OK, playing.StatusCode);
        await using var media = await playing.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await media.ReadExactlyAsync(new byte[1000], TestContext.Current.CancellationToken);

        var incident = await _api.Report(patient, replay);

        Assert.Equal([kept], await _api.Replays(patient));
        await _api.AssertNotFound(HttpMethod.Get, $"/v1/me/replays/{replay}", TestTokens.Patient(patient));
        Assert.Equal(HttpStatusCode.NotFound, await _api.MediaStatus(patient, replay));
        await _api.AssertNotFound(HttpMethod.Post, $"/v1/me/replays/{replay}/playback", TestTokens.Patient(patient));
        Assert.Equal(HttpStatusCode.OK, await _api.MediaStatus(patient, kept));
        await Assert.ThrowsAnyAsync<Exception>(() => media.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));

        var view = await _api.Incident(incident);
        Assert.Equal("open", (string?)view["status"]);
        Assert.Equal("suspected", (string?)view["kind"]);
        Assert.Equal($"patients/{patient}/consultations/{number}/recordings/1", (string?)Assert.Single(view["recordings"]!.AsArray()));
        Assert.Equal(TimeSpan.FromHours(72), (DateTimeOffset)view["reportDueAt"]! - (DateTimeOffset)view["reportedAt"]!);
        Assert.Contains("replay.reported", await _api.TrailKinds(patient));
        var own = Assert.Single((await _api.Get("/v1/me/reports", TestTokens.Patient(patient)))!["items"]!.AsArray())!;
        Assert.Equal((incident, "open", replay),
            ((string?)own["incident"], (string?)own["status"], (string?)Assert.Single(own["replays"]!.AsArray())));
    }

    [Fact]
    public async Task Twenty_concurrent_reports_open_one_incident()
    {
        var patient = ApiProcess.NewPatient();
        var replay = await _api.Give(patient);
        var incidents = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _api.Report(patient, replay)));
        Assert.Single(incidents.Distinct());
        Assert.Equal(["replay.reported"],
            (await _api.TrailKinds(patient)).Where(kind => kind?.StartsWith("replay.rep", StringComparison.Ordinal) is true));
    }

    [Fact]
    public async Task Reporting_again_returns_the_same_incident_to_the_reporter_and_not_found_to_others()
    {
        var patient = ApiProcess.NewPatient();
        var replay = await _api.Give(patient);
        var incident = await _api.Report(patient, replay);
        Assert.Equal(incident, await _api.Report(patient, replay));

        var asStaff = $"/v1/patients/{patient}/replays/{replay}/report";
        await _api.AssertNotFound(HttpMethod.Post, asStaff, TestTokens.Clinician, IncidentApi.NotMine);
        await _api.AssertNotFound(HttpMethod.Post, asStaff, TestTokens.For("clin-2", "clinician"), IncidentApi.NotMine);
        await _api.AssertNotFound(
            HttpMethod.Post, $"/v1/me/replays/{replay}/report", TestTokens.Patient(ApiProcess.NewPatient()), IncidentApi.NotMine);

        await _api.Resolve(incident, "restored");
        Assert.Equal([replay], await _api.Replays(patient));
        var again = await _api.Report(patient, replay);
        Assert.NotEqual(incident, again);
        Assert.Equal("open", (string?)(await _api.Incident(again))["status"]);
        Assert.Equal("resolved", (string?)(await _api.Incident(incident))["status"]);

        await _api.Resolve(again, "withdrawn");
        await _api.AssertNotFound(HttpMethod.Post, $"/v1/me/replays/{replay}/report", TestTokens.Patient(patient), IncidentApi.NotMine);
        var own = (await _api.Get("/v1/me/reports", TestTokens.Patient(patient)))!["items"]!.AsArray();
        Assert.Equal(["withdrawn", "restored"], own.Select(report => (string?)report!["status"]));
    }

    [Fact]
    public async Task A_clinician_can_report_only_replays_of_their_own_consultations()
    {
        var patient = ApiProcess.NewPatient();
        var replay = await _api.Give(patient);
        var path = $"/v1/patients/{patient}/replays/{replay}/report";
        await _api.AssertNotFound(HttpMethod.Post, path, TestTokens.For("clin-2", "clinician"), IncidentApi.NotMine);
        Assert.Equal([replay], await _api.Replays(patient));
        await _api.Expect(HttpStatusCode.Accepted, HttpMethod.Post, path, TestTokens.Clinician, IncidentApi.NotMine);
        Assert.Empty(await _api.Replays(patient));
    }

    [Fact]
    public async Task One_report_covers_several_replays_or_all()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var replays = new List<string>();
        for (var i = 0; i < 3; i++)
            replays.Add(await _api.Record(patient, number));
        var token = TestTokens.Patient(patient);

        // One missing replay rejects the whole report.
        await _api.AssertNotFound(HttpMethod.Post, "/v1/me/report", token, new { replays = new[] { replays[0], "9-9" }, reason = "other" });
        foreach (var invalid in new object?[] { "some", Array.Empty<string>(), 1, null, new object[] { 1 } })
        {
            await _api.AssertError(HttpStatusCode.BadRequest, "validation", HttpMethod.Post, "/v1/me/report", token,
                new { replays = invalid, reason = "other" });
        }
        Assert.Equal(3, (await _api.Replays(patient)).Count);

        var some = await _api.Expect(
            HttpStatusCode.Accepted, HttpMethod.Post, "/v1/me/report", token, new { replays = replays[..2], reason = "other" });
        Assert.Equal([replays[2]], await _api.Replays(patient));
        Assert.Equal(2, (await _api.Incident((string)some!["incident"]!))["recordings"]!.AsArray().Count);

        // A repeated report returns the patient's own incident, even if it includes a replay that the clinician reported first.
        await _api.Expect(HttpStatusCode.Accepted, HttpMethod.Post, $"/v1/patients/{patient}/replays/{replays[2]}/report",
            TestTokens.Clinician, IncidentApi.NotMine);
        foreach (var again in new object[] { replays.AsEnumerable().Reverse().ToArray(), "all" })
        {
            var same = await _api.Expect(
                HttpStatusCode.Accepted, HttpMethod.Post, "/v1/me/report", token, new { replays = again, reason = "other" });
            Assert.Equal((string?)some["incident"], (string?)same!["incident"]);
        }
        var clinicians = (await _api.Get("/v1/incidents?status=open&limit=100", TestTokens.Officer))!["items"]!.AsArray()
            .Single(open => open!["recordings"]!.AsArray().Any(name =>
                ((string)name!).StartsWith($"patients/{patient}/", StringComparison.Ordinal)
                && ((string)name!).EndsWith("/3", StringComparison.Ordinal)))!;
        await _api.Resolve((string)clinicians["id"]!, "restored");
        var all = await _api.Expect(
            HttpStatusCode.Accepted, HttpMethod.Post, "/v1/me/report", token, new { replays = "all", reason = "not-mine" });
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
        await _api.AssertError(
            HttpStatusCode.BadRequest, "validation", HttpMethod.Post, "/v1/me/replays/1-1/report", TestTokens.Patient(patient), content);
    }

    [Fact]
    public async Task A_flood_of_reports_is_rate_limited_and_does_not_hide_the_reports_of_others()
    {
        var reporter = ApiProcess.NewPatient();
        var number = await _api.Begin(reporter);
        var replays = new List<string>();
        for (var i = 0; i < 25; i++)
            replays.Add(await _api.Record(reporter, number));
        var incidents = new HashSet<string>();
        foreach (var replay in replays)
            incidents.Add(await _api.Report(reporter, replay));
        Assert.Equal(20, incidents.Count); // further reports are added to the last incident
        var last = await _api.Expect(
            HttpStatusCode.Accepted, HttpMethod.Post, $"/v1/me/replays/{await _api.Record(reporter, number)}/report",
            TestTokens.Patient(reporter), new { reason = "other", comment = "I know her" });
        Assert.Equal("other: I know her", (string?)(await _api.Incident((string)last!["incident"]!))["steps"]!.AsArray()[^1]!["detail"]);
        Assert.Empty(await _api.Replays(reporter));

        var elapsed = Stopwatch.StartNew();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 10_000; i += 50)
        {
            statuses.AddRange(await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
            {
                using var response = await ApiCalls.RetryWhileUnavailable(
                    () => _api.Send(
                        HttpMethod.Post, $"/v1/me/replays/{replays[0]}/report", TestTokens.Patient(reporter), IncidentApi.NotMine));
                if (response.StatusCode is HttpStatusCode.TooManyRequests)
                    Assert.True(response.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
                return response.StatusCode;
            })));
        }
        Assert.InRange(statuses.Count(status => status is HttpStatusCode.Accepted), 1, 60 + (int)elapsed.Elapsed.TotalSeconds + 1);
        Assert.All(statuses, status => Assert.True(status is HttpStatusCode.Accepted or HttpStatusCode.TooManyRequests, $"{status}"));
        // One report per second is allowed; on a slow machine the next request may be that one.
        await Wait.Until(async () => (HttpStatusCode.TooManyRequests, "too-many-requests")
            == await _api.Try(HttpMethod.Post, $"/v1/me/replays/{replays[0]}/report", TestTokens.Patient(reporter), IncidentApi.NotMine));

        // Another patient is not rate limited, and the officer sees their incident.
        var patient = ApiProcess.NewPatient();
        var incident = await _api.Report(patient, await _api.Give(patient));
        var listed = await ListOpenIncidents(incidents);
        Assert.Contains(incident, listed);
        Assert.Equal(20, listed.Count(incidents.Contains));
    }

    /// <param name="ordered">Incidents that no other test changes. Asserts that each page lists them by deadline.</param>
    private async Task<List<string>> ListOpenIncidents(IReadOnlyCollection<string> ordered)
    {
        var ids = new List<string>();
        for (var after = ""; ;)
        {
            var page = await _api.Get($"/v1/incidents?status=open&limit=100{after}", TestTokens.Officer);
            var items = page!["items"]!.AsArray();
            ids.AddRange(items.Select(item => (string)item!["id"]!));
            var due = items.Where(item => ordered.Contains((string)item!["id"]!)).Select(ReportDueAt).ToList();
            Assert.Equal(due.Order(), due);
            if ((string?)page["next"] is not { } next)
                return ids;
            after = $"&after={next}";
        }
    }

    private static DateTimeOffset ReportDueAt(JsonNode? incident) => (DateTimeOffset?)incident!["reportDueAt"] ?? DateTimeOffset.MaxValue;
}
