using System.Net;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Incidents;

public sealed class IncidentTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public async Task The_data_key_of_a_withdrawn_replay_is_destroyed_only_after_a_second_officers_approval_and_never_under_legal_hold()
    {
        var patient = ApiProcess.NewPatient();
        var replay = await _api.Give(patient);
        var incident = await _api.Report(patient, replay);
        var approve = $"/v1/incidents/{incident}/approve";
        await _api.AssertError(HttpStatusCode.Conflict, "invalid-transition", HttpMethod.Post, approve, TestTokens.SecondOfficer);
        await _api.Resolve(incident, "withdrawn");
        await _api.AssertError(HttpStatusCode.Conflict, "invalid-transition", HttpMethod.Post, $"/v1/incidents/{incident}/resolve",
            TestTokens.Officer, new { outcome = "restored", note = "no" });
        Assert.Equal(HttpStatusCode.NotFound, await _api.MediaStatus(patient, replay));

        await _api.AssertError(HttpStatusCode.Forbidden, "forbidden", HttpMethod.Post, approve, TestTokens.Officer);
        var hold = $"/v1/patients/{patient}/legal-hold";
        await _api.Put(hold, TestTokens.Officer, new { reason = "a dispute" });
        await _api.AssertError(HttpStatusCode.Conflict, "legal-hold", HttpMethod.Post, approve, TestTokens.SecondOfficer);
        Assert.DoesNotContain("replay.key-destroyed", await _api.TrailKinds(patient));

        await _api.Put(hold, TestTokens.Officer, new { enabled = false, reason = "settled" });
        var approved = await _api.Post(approve, TestTokens.SecondOfficer);
        Assert.Equal("officer-2", (string?)approved!["resolution"]!["approvedBy"]!["subject"]);
        await _api.Post(approve, TestTokens.SecondOfficer);
        Assert.Equal(["replay.reported", "replay.withdrawn", "replay.key-destroyed"],
            (await _api.TrailKinds(patient)).Where(kind => kind is "replay.reported" or "replay.withdrawn" or "replay.key-destroyed"));
        string[] published = ["hold.set", "hold.lifted", "consultation.booked", "consent.granted", "replay.delivered"];
        await Wait.Until(async () => !published.Except(await _api.TrailKinds(patient)).Any());
    }

    [Fact]
    public async Task An_officer_opens_an_incident_idempotently_and_adds_recordings_to_it()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var (first, second) = (await _api.Record(patient, number), await _api.Record(patient, number));
        var name = $"patients/{patient}/consultations/{number}/recordings/";
        var body = new { reason = "A letter from a stranger", recordings = new[] { name + "1" } };
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        var opened = await _api.Expect(HttpStatusCode.Created, HttpMethod.Post, "/v1/incidents", TestTokens.Officer, body, key);
        var again = await _api.Expect(HttpStatusCode.Created, HttpMethod.Post, "/v1/incidents", TestTokens.Officer, body, key);
        Assert.Equal((string?)opened!["id"], (string?)again!["id"]);
        await _api.Expect(
            HttpStatusCode.UnprocessableEntity, HttpMethod.Post, "/v1/incidents", TestTokens.Officer, new { reason = "Another" }, key);
        Assert.Equal([second], await _api.Replays(patient));

        var id = (string)opened["id"]!;
        var added = await _api.Post($"/v1/incidents/{id}/recordings", TestTokens.Officer, new { recordings = new[] { name + "2" } });
        Assert.Equal([name + "1", name + "2"], added!["recordings"]!.AsArray().Select(recording => (string?)recording));
        Assert.Empty(await _api.Replays(patient));

        // A recording in two open incidents stays quarantined until both are resolved.
        var other = await _api.Expect(HttpStatusCode.Created, HttpMethod.Post, "/v1/incidents", TestTokens.Officer, body);
        await _api.Resolve(id, "restored");
        Assert.Equal([second], await _api.Replays(patient));
        await _api.Resolve((string)other!["id"]!, "restored");
        Assert.Equal([second, first], await _api.Replays(patient));
        await _api.AssertError(HttpStatusCode.Conflict, "invalid-transition", HttpMethod.Post, $"/v1/incidents/{id}/recordings",
            TestTokens.Officer, new { recordings = new[] { name + "2" } });
    }

    [Fact]
    public async Task Ending_a_consultation_as_wrong_patient_opens_an_incident()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        await _api.Record(patient, number);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/end", TestTokens.Scheduler, new { reason = "wrong-patient" });
        Assert.Empty(await _api.Replays(patient));
        Assert.Contains("incident.opened", await _api.TrailKinds(patient));
    }

    [Fact]
    public async Task All_missing_incidents_get_the_same_response()
    {
        foreach (var id in new[] { new string('0', 32), "1", "x", new string('A', 32), $"{Guid.NewGuid()}" })
        {
            await _api.AssertNotFound(HttpMethod.Get, $"/v1/incidents/{id}", TestTokens.Officer);
            await _api.AssertNotFound(
                HttpMethod.Post, $"/v1/incidents/{id}/resolve", TestTokens.Officer, new { outcome = "restored", note = "n" });
        }
    }

    [Fact]
    public async Task An_incident_record_is_amended_field_by_field_and_a_stale_version_is_rejected()
    {
        var patient = ApiProcess.NewPatient();
        var incident = await _api.Report(patient, await _api.Give(patient));
        var path = $"/v1/incidents/{incident}";
        using var before = await _api.Send(HttpMethod.Get, path, TestTokens.Officer);
        var tag = before.Headers.ETag!.ToString();
        var amended = await _api.Expect(HttpStatusCode.OK, HttpMethod.Patch, path, TestTokens.Officer, new
        {
            kind = "breach",
            awareAt = "2026-01-02T03:04:05Z",
            record = new
            {
                attack = false,
                whatHappened = "Shown to a stranger",
                dataCategories = new[] { "health" },
                people = 2,
                notifications = new[] { new { whom = "The authority", at = "2026-01-02T05:00:00Z", phase = "first" } },
                article34 = new { highRisk = true, communications = new[] { new { at = "2026-01-03T00:00:00Z", text = "We are sorry" } } },
            },
        }, ("If-Match", tag));
        Assert.Equal(DateTimeOffset.Parse("2026-01-05T03:04:05Z"), (DateTimeOffset)amended!["reportDueAt"]!);
        amended = await _api.Expect(
            HttpStatusCode.OK, HttpMethod.Patch, path, TestTokens.Officer, new { record = new { consequences = "Distress" } });
        Assert.Equal(("Shown to a stranger", "Distress", "breach"),
            ((string?)amended!["record"]!["whatHappened"], (string?)amended["record"]!["consequences"], (string?)amended["kind"]));

        var stale = await _api.Expect(
            HttpStatusCode.PreconditionFailed, HttpMethod.Patch, path, TestTokens.Officer, new { record = new { people = 3 } },
            ("If-Match", tag));
        Assert.Equal("changed", (string?)stale!["code"]);
        Assert.Equal(2, (int)(await _api.Incident(incident))["record"]!["people"]!);
        Assert.Contains(await _api.Trail(patient), entry => (string?)entry["kind"] is "incident.amended"
            && ((string?)entry["detail"])!.Contains("whatHappened", StringComparison.Ordinal)
            && !((string?)entry["detail"])!.Contains("stranger", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"kind":"disaster"}""")]
    [InlineData("""{"awareAt":"2026-01-02"}""")]
    [InlineData("""{"awareAt":"2999-01-02T03:04:05Z"}""")]
    [InlineData("""{"record":{"people":-1}}""")]
    [InlineData("""{"record":{"people":"two"}}""")]
    [InlineData("""{"record":{"howFound":" "}}""")]
    [InlineData("""{"record":{"howFound":"\u0001"}}""")]
    [InlineData("""{"record":{"dataCategories":[""]}}""")]
    [InlineData("""{"record":{"dataCategories":[null]}}""")]
    [InlineData("""{"record":{"occurredFrom":"2026-01-02T00:00:00Z","occurredTo":"2026-01-01T00:00:00Z"}}""")]
    [InlineData("""{"record":{"notifications":[{"whom":"","at":"2026-01-01T00:00:00Z"}]}}""")]
    [InlineData("""{"record":{"notifications":[null]}}""")]
    [InlineData("""{"record":{"notifications":[{"whom":"them"}]}}""")]
    [InlineData("""{"record":{"article34":{"reason":"none"}}}""")]
    [InlineData("""{"record":{"article34":{"highRisk":true,"communications":[{"at":"2026-01-01T00:00:00Z","text":""}]}}}""")]
    public async Task A_malformed_record_changes_nothing(string body)
    {
        var opened = await _api.Expect(
            HttpStatusCode.Created, HttpMethod.Post, "/v1/incidents", TestTokens.Officer, new { reason = "Something" });
        using var content = new StringContent(body, null, "application/json");
        await _api.AssertError(HttpStatusCode.BadRequest, "validation", HttpMethod.Patch, $"/v1/incidents/{(string?)opened!["id"]}",
            TestTokens.Officer, content);
        Assert.Equal(opened["record"]!.ToJsonString(), (await _api.Incident((string)opened["id"]!))["record"]!.ToJsonString());
        await _api.Resolve((string)opened["id"]!, "restored");
    }

    [Fact]
    public async Task An_oversized_record_is_rejected()
    {
        var opened = await _api.Expect(
            HttpStatusCode.Created, HttpMethod.Post, "/v1/incidents", TestTokens.Officer, new { reason = "Something" });
        var path = $"/v1/incidents/{(string?)opened!["id"]}";
        await _api.AssertError(HttpStatusCode.BadRequest, "validation", HttpMethod.Patch, path, TestTokens.Officer,
            new { record = new { whatHappened = new string('x', 10_001) } });
        await _api.AssertError(HttpStatusCode.BadRequest, "validation", HttpMethod.Patch, path, TestTokens.Officer,
            new { record = new { dataCategories = Enumerable.Repeat("x", 201) } });
    }
}
