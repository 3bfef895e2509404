using System.Net;
using Replays.Api.Tests.Browsing;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Incidents;

public sealed class RegulatorReportTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public async Task The_form_is_filled_by_the_officer_and_from_evidence_and_names_nobody()
    {
        var (patient, clinician) = (ApiProcess.NewPatient(), $"clin-{Guid.NewGuid():n}");
        var number = await _api.Begin(patient, clinician: clinician);
        var replay = await _api.Record(patient, number);
        await _api.Replays(patient);
        using (var media = await _api.Media(patient, replay, ("Range", "bytes=0-999")))
            Assert.Equal(1000, (await media.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        await _api.Get($"/v1/patients/{patient}/replays", TestTokens.For(clinician, "clinician"));
        var incident = await _api.Report(patient, replay);
        var (second, stranger) = ($"q-{ApiProcess.NewPatient()}", ApiProcess.NewPatient()); // the pseudonyms follow the names
        await _api.Must(HttpStatusCode.OK, HttpMethod.Post, $"/v1/incidents/{incident}/recordings", TestTokens.Officer,
            new { recordings = new[] { $"patients/{second}/consultations/1/recordings/1" } });
        await _api.Must(HttpStatusCode.OK, HttpMethod.Patch, $"/v1/incidents/{incident}", TestTokens.Officer, new
        {
            record = new
            {
                whatHappened = $"{patient} saw <b>somebody else</b> & told {clinician}",
                prevention = $"We look at {second}'s, which nobody was shown, and at patients/{stranger}/consultations/1. Then at patients/{stranger}.",
                attack = false,
                contact = "privacy@example.org",
                notifications = new[] { new { whom = "The authority", at = "2026-01-02T05:00:00Z", phase = "initial" } },
                article34 = new { highRisk = true, communications = new[] { new { at = "2026-01-03T00:00:00Z", text = "We are sorry", people = 1 } } },
            },
        });

        var report = (await _api.Incident(incident, "/report"));
        (string? Answer, string? Source) Of(string key) =>
            report["answers"]!.AsArray().Where(one => (string?)one!["key"] == key).Select(one => ((string?)one!["answer"], (string?)one["source"])).Single();
        Assert.Equal(("P1 saw <b>somebody else</b> & told S1", "officer"), Of("whatHappened"));
        Assert.Equal(("No", "officer"), Of("attack"));
        Assert.Equal(("2", "evidence"), Of("people"));
        Assert.Equal(("2", "evidence"), Of("records"));
        Assert.Equal(("A patient reported it.", "evidence"), Of("howFound"));
        Assert.Equal(("We look at P2's, which nobody was shown, and at P3/consultations/1. Then at P3.", "officer"), Of("prevention"));
        Assert.Equal((null, "unanswered"), Of("likelihood"));
        Assert.Contains("initial", Of("notifications").Answer);
        Assert.Contains("We are sorry", Of("article34").Answer);
        var opened = report["exposures"]!.AsArray().Single(one => (string?)one!["class"] is "opened")!;
        Assert.Equal(("P1", 1000), ((string?)opened["to"], (int)opened["bytesServed"]!));
        Assert.Equal(72, ((DateTimeOffset)report["reportDueAt"]! - (DateTimeOffset)report["awareAt"]!).TotalHours, 0.001);

        using var page = await _api.Send(HttpMethod.Get, $"/v1/incidents/{incident}/report", TestTokens.Officer, null, ("Accept", "text/html,*/*;q=0.5"));
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("&lt;b&gt;somebody else&lt;/b&gt; &amp; told S1", html);
        foreach (var secret in new[] { patient, second, stranger, clinician, TestTokens.OfficerId })
        {
            Assert.DoesNotContain(secret, html);
            Assert.DoesNotContain(secret, report.ToJsonString());
        }

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"),
            await _api.Try(HttpMethod.Get, $"/v1/incidents/{incident}/report", TestTokens.Patient(patient)));
        await _api.Resolve(incident, "restored");
    }

    [Fact]
    public async Task A_browser_applies_the_pages_style_and_prints_it()
    {
        await using var chromium = await Chromium.Start();
        var patient = ApiProcess.NewPatient();
        var incident = await _api.Report(patient, await _api.Give(patient));
        var tab = await chromium.NewTab();
        await tab.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { ["Authorization"] = $"Bearer {TestTokens.Officer}" });
        await tab.GotoAsync($"{_api.Program.Address}v1/incidents/{incident}/report");
        Assert.Equal("collapse", await tab.EvalOnSelectorAsync<string>("table, body", "() => getComputedStyle(document.querySelector('table')).borderCollapse"));
        Assert.True((await tab.PdfAsync()).Length > 10_000);
        await _api.Resolve(incident, "restored");
    }
}
