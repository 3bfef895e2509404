using System.Net;
using Replays.Api.Tests.Browser;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Incidents;

public sealed class RegulatorReportTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public async Task The_report_combines_the_officers_answers_with_evidence_and_is_pseudonymised()
    {
        var (patient, clinician) = (ApiProcess.NewPatient(), $"clin-{Guid.NewGuid():n}");
        var number = await _api.Begin(patient, clinician: clinician);
        var replay = await _api.Record(patient, number);
        await _api.Replays(patient);
        using (var media = await _api.Media(patient, replay, ("Range", "bytes=0-999")))
            Assert.Equal(1000, (await media.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        await _api.Get($"/v1/patients/{patient}/replays", TestTokens.For(clinician, "clinician"));
        var incident = await _api.Report(patient, replay);
        // Pseudonyms are numbered in the order of the names: "q-" sorts after the patient.
        var (second, stranger) = ($"q-{ApiProcess.NewPatient()}", ApiProcess.NewPatient());
        await _api.Expect(HttpStatusCode.OK, HttpMethod.Post, $"/v1/incidents/{incident}/recordings", TestTokens.Officer,
            new { recordings = new[] { $"patients/{second}/consultations/1/recordings/1" } });
        await _api.Expect(HttpStatusCode.OK, HttpMethod.Patch, $"/v1/incidents/{incident}", TestTokens.Officer, new
        {
            record = new
            {
                whatHappened = $"{patient} saw <b>somebody else</b> & told {clinician}",
                prevention = $"We look at {second}'s, which nobody was shown, and at patients/{stranger}/consultations/1. "
                    + $"Then at patients/{stranger}.",
                attack = false,
                contact = "privacy@example.org",
                notifications = new[] { new { whom = "The authority", at = "2026-01-02T05:00:00Z", phase = "initial" } },
                article34 = new
                {
                    highRisk = true,
                    communications = new[] { new { at = "2026-01-03T00:00:00Z", text = "We are sorry", people = 1 } },
                },
            },
        });

        var report = await _api.Incident(incident, "/report");
        (string? Answer, string? Source) AnswerTo(string key) => report["answers"]!.AsArray()
            .Where(one => (string?)one!["key"] == key).Select(one => ((string?)one!["answer"], (string?)one["source"])).Single();
        Assert.Equal(("P1 saw <b>somebody else</b> & told S1", "officer"), AnswerTo("whatHappened"));
        Assert.Equal(("No", "officer"), AnswerTo("attack"));
        Assert.Equal(("2", "evidence"), AnswerTo("people"));
        Assert.Equal(("2", "evidence"), AnswerTo("records"));
        Assert.Equal(("A patient reported it.", "evidence"), AnswerTo("howFound"));
        Assert.Equal(
            ("We look at P2's, which nobody was shown, and at P3/consultations/1. Then at P3.", "officer"), AnswerTo("prevention"));
        Assert.Equal((null, "unanswered"), AnswerTo("likelihood"));
        Assert.Contains("initial", AnswerTo("notifications").Answer);
        Assert.Contains("We are sorry", AnswerTo("article34").Answer);
        var opened = report["exposures"]!.AsArray().Single(one => (string?)one!["class"] is "opened")!;
        Assert.Equal(("P1", 1000), ((string?)opened["to"], (int)opened["bytesServed"]!));
        Assert.Equal(72, ((DateTimeOffset)report["reportDueAt"]! - (DateTimeOffset)report["awareAt"]!).TotalHours, 0.001);

        using var page = await _api.Send(
            HttpMethod.Get, $"/v1/incidents/{incident}/report", TestTokens.Officer, null, ("Accept", "text/html,*/*;q=0.5"));
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("&lt;b&gt;somebody else&lt;/b&gt; &amp; told S1", html);
        foreach (var secret in new[] { patient, second, stranger, clinician, TestTokens.OfficerId })
        {
            Assert.DoesNotContain(secret, html);
            Assert.DoesNotContain(secret, report.ToJsonString());
        }

        await _api.AssertError(
            HttpStatusCode.Forbidden, "forbidden", HttpMethod.Get, $"/v1/incidents/{incident}/report", TestTokens.Patient(patient));
        await _api.Resolve(incident, "restored");
    }

    [Fact]
    public async Task A_browser_applies_the_style_of_the_report_page_and_prints_it()
    {
        await using var chromium = await Chromium.Start();
        var patient = ApiProcess.NewPatient();
        var incident = await _api.Report(patient, await _api.Give(patient));
        var tab = await chromium.NewTab();
        await tab.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { ["Authorization"] = $"Bearer {TestTokens.Officer}" });
        await tab.GotoAsync($"{_api.Program.Address}v1/incidents/{incident}/report");
        Assert.Equal("collapse", await tab.EvalOnSelectorAsync<string>(
            "table, body", "() => getComputedStyle(document.querySelector('table')).borderCollapse"));
        Assert.True((await tab.PdfAsync()).Length > 10_000);
        await _api.Resolve(incident, "restored");
    }
}
