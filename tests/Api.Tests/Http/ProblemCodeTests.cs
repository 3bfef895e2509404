using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Replays.Api.Tests.Http;

public sealed class ProblemCodeTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public async Task A_command_that_the_status_does_not_allow_is_an_invalid_transition()
    {
        var patient = ApiProcess.NewPatient();
        var path = ApiProcess.PathOf(patient, await _api.Book(patient));
        await AssertRejected(409, "invalid-transition", $"{path}/mode", TestTokens.Scheduler, new { mode = "video" });
        await AssertRejected(409, "invalid-transition", $"{path}/end", TestTokens.Scheduler);
        await AssertRejected(409, "invalid-transition", $"{path}/recordings", TestTokens.Recorder, new { contentType = "video/mp4" });
        await _api.Post($"{path}/start", TestTokens.Scheduler, new { mode = "audio" });
        await AssertRejected(409, "invalid-transition", $"{path}/start", TestTokens.Scheduler, new { mode = "video" });
        await AssertRejected(409, "invalid-transition", $"{path}/cancel", TestTokens.Scheduler);
        await AssertRejected(403, "attested-consent-off", $"{path}/consent", TestTokens.Scheduler,
            new { mode = "audio", granted = true, attestedBy = "nurse" });
    }

    [Fact]
    public async Task A_recording_requires_consent_to_its_mode_and_the_presence_of_the_patient()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Book(patient);
        var path = ApiProcess.PathOf(patient, number);
        var recording = new { contentType = "audio/mp4" };
        await _api.Post($"/v1/me/consultations/{number}/consent", TestTokens.Patient(patient), new { mode = "audio", granted = true });
        await _api.Post($"{path}/start", TestTokens.Scheduler, new { mode = "audio" });
        await AssertRejected(409, "presence-required", $"{path}/recordings", TestTokens.Recorder, recording);
        await _api.Post($"/v1/me/consultations/{number}/join", TestTokens.Patient(patient));
        var opened = await _api.Open(patient, number, "audio/mp4");
        var open = await AssertRejected(409, "recording-open", $"{path}/recordings", TestTokens.Recorder, recording);
        Assert.Equal((string)opened["upload"]!, (string)open["open"]!["upload"]!);
        await _api.Post($"{path}/mode", TestTokens.Scheduler, new { mode = "video" });
        await AssertRejected(409, "consent-required", $"{path}/recordings", TestTokens.Recorder, new { contentType = "video/mp4" });
        await _api.Post($"{path}/mode", TestTokens.Scheduler, new { mode = "chat" });
        await AssertRejected(409, "invalid-transition", $"{path}/recordings", TestTokens.Recorder, recording);
    }

    [Fact]
    public async Task A_seal_that_does_not_match_the_media_delivers_nothing()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient, "audio");
        var seal = $"{ApiProcess.PathOf(patient, number)}/recordings/1/seal";
        await _api.Upload(await _api.Open(patient, number, "audio/mp4"), ApiProcess.Video);
        await AssertRejected(422, "digest-mismatch", seal, TestTokens.Recorder, new { durationSeconds = 2, sha256 = new string('0', 64) });
        await AssertRejected(
            422, "media-mismatch", seal, TestTokens.Recorder, new { durationSeconds = 2, sha256 = ApiProcess.Digest(ApiProcess.Video) });
        await AssertRejected(
            400, "validation", seal, TestTokens.Recorder, new { durationSeconds = 0, sha256 = ApiProcess.Digest(ApiProcess.Video) });
        await AssertRejected(400, "validation", seal, TestTokens.Recorder, new { durationSeconds = 2, sha256 = "abc" });
        Assert.Empty(await _api.Replays(patient));
    }

    [Fact]
    public async Task Sealing_is_idempotent_and_a_sealed_recording_accepts_no_more_media()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var path = $"{ApiProcess.PathOf(patient, number)}/recordings/1";
        var opened = await _api.Open(patient, number);
        await _api.Upload(opened, ApiProcess.Video);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var response = await _api.Seal(patient, number, 1, ApiProcess.Video);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        await AssertRejected(
            422, "digest-mismatch", $"{path}/seal", TestTokens.Recorder, new { durationSeconds = 2, sha256 = new string('0', 64) });
        await AssertRejected(409, "invalid-transition", $"{path}/discard", TestTokens.Recorder);
        using var put = await _api.Send(HttpMethod.Put, (string)opened["upload"]!, TestTokens.Recorder, ApiProcess.Video);
        await put.AssertProblem(423, "upload-in-progress");
        using var wrongToken = await _api.Send(HttpMethod.Put, ((string)opened["upload"]!)[..^1], TestTokens.Recorder, ApiProcess.Video);
        await wrongToken.AssertProblem(404, "not-found");
        Assert.Equal(["1-1"], await _api.Replays(patient));
    }

    [Fact]
    public async Task A_33rd_recording_exceeds_the_limit()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        for (var ordinal = 1; ordinal <= 32; ordinal++)
        {
            await _api.Open(patient, number);
            await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/{ordinal}/close", TestTokens.Recorder);
        }
        await AssertRejected(409, "limit-reached", $"{ApiProcess.PathOf(patient, number)}/recordings", TestTokens.Recorder,
            new { contentType = "video/mp4" });
    }

    [Fact]
    public async Task An_idempotency_key_books_once_per_caller_and_path()
    {
        var (patient, other) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var key = ("Idempotency-Key", $"key-{patient}");
        var body = new { clinician = new { id = "clin-1", name = "Dr Amara Osei" }, scheduledFor = "2026-06-10T10:00:00Z" };
        Task<JsonNode?> Book(string owner, string token) =>
            _api.Expect(HttpStatusCode.Created, HttpMethod.Post, $"/v1/patients/{owner}/consultations", token, body, key);

        var booked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Book(patient, TestTokens.Scheduler)));
        Assert.Equal([1], booked.Select(one => (int)one!["number"]!).Distinct());
        using var different = await _api.Send(
            HttpMethod.Post, $"/v1/patients/{patient}/consultations", TestTokens.Scheduler,
            body with { scheduledFor = "2026-06-11T10:00:00Z" }, key);
        await different.AssertProblem(422, "idempotency-key-reused");
        Assert.Equal(2, (int)(await Book(patient, TestTokens.For("another-backend", "scheduler")))!["number"]!);
        Assert.Equal(1, (int)(await Book(other, TestTokens.Scheduler))!["number"]!);
        await _api.Post($"{ApiProcess.PathOf(patient, 1)}/start", TestTokens.Scheduler, new { mode = "audio" });
        Assert.Equal("in-progress", (string)(await Book(patient, TestTokens.Scheduler))!["status"]!);
    }

    [Fact]
    public async Task The_replay_of_another_patient_and_a_missing_replay_get_the_same_response()
    {
        var (patient, stranger) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var id = await _api.Give(patient);
        var problems = new List<string>();
        foreach (var (path, token) in new[]
        {
            ($"/v1/me/replays/{id}", TestTokens.Patient(stranger)),
            ("/v1/me/replays/7-7", TestTokens.Patient(stranger)),
            ($"/v1/patients/{patient}/replays/{id}", TestTokens.For("clin-2", "clinician")),
        })
        {
            using var response = await _api.Send(HttpMethod.Get, path, token);
            var problem = await response.AssertProblem(404, "not-found");
            Assert.True(problem.AsObject().Remove("traceId"));
            problems.Add(problem.ToJsonString());
        }
        Assert.Single(problems.Distinct());
        await _api.Get($"/v1/patients/{patient}/replays/{id}", TestTokens.Clinician);
    }

    [Fact]
    public async Task An_officer_needs_an_access_reason_to_read_a_replay()
    {
        var patient = ApiProcess.NewPatient();
        var id = await _api.Give(patient);
        using var denied = await _api.Send(HttpMethod.Get, $"/v1/patients/{patient}/replays/{id}", TestTokens.Officer);
        await denied.AssertProblem(403, "access-reason-required");
        await _api.Expect(
            HttpStatusCode.OK, HttpMethod.Get, $"/v1/patients/{patient}/replays/{id}", TestTokens.Officer, null,
            ("Access-Reason", "complaint 17"));
    }

    [Fact]
    public async Task Lists_are_paged_newest_first_and_filtered()
    {
        var patient = ApiProcess.NewPatient();
        var token = TestTokens.Patient(patient);
        var number = await _api.Begin(patient, "audio");
        var audio = await _api.Record(patient, number, ApiProcess.Audio, "audio/mp4");
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/mode", TestTokens.Scheduler, new { mode = "video" });
        var video = await _api.Record(patient, number);
        var later = await _api.Give(patient);

        var paged = await _api.GetAllPages("/v1/me/replays", 1, token);
        Assert.Equal([later, video, audio], paged.Select(item => (string)item["id"]!));

        var found = (await _api.Get("/v1/me/replays?mode=audio", token))!["items"]!.AsArray();
        Assert.Equal(audio, (string)Assert.Single(found)!["id"]!);
        Assert.StartsWith("Audio consultation with Dr Amara Osei, ", (string)found[0]!["title"]!, StringComparison.Ordinal);
        var at = Uri.EscapeDataString((string)found[0]!["recordedAt"]!);
        Assert.DoesNotContain(audio, (await _api.Get($"/v1/me/replays?to={at}", token))!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(audio, (await _api.Get($"/v1/me/replays?from={at}", token))!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Media_support_range_and_conditional_requests()
    {
        var patient = ApiProcess.NewPatient();
        var id = await _api.Give(patient);
        using var whole = await _api.Media(patient, id);
        var tag = whole.Headers.ETag!.ToString();
        using var part = await _api.Media(patient, id, ("Range", "bytes=100-199"), ("If-Range", tag));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(ApiProcess.Video[100..200], await part.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var tail = await _api.Media(patient, id, ("Range", "bytes=-10"));
        Assert.Equal(ApiProcess.Video[^10..], await tail.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var stale = await _api.Media(patient, id, ("Range", "bytes=100-199"), ("If-Range", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
        using var unchanged = await _api.Media(patient, id, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var beyond = await _api.Media(patient, id, ("Range", "bytes=99999999-"));
        await beyond.AssertProblem(416, "range");
        using var head = await _api.Send(HttpMethod.Head, $"/v1/me/replays/{id}/media", TestTokens.Patient(patient));
        Assert.Equal(ApiProcess.Video.Length, head.Content.Headers.ContentLength);
    }

    private async Task<JsonNode> AssertRejected(int status, string code, string path, string token, object? body = null)
    {
        using var response = await ApiCalls.PollSeal(
            () => ApiCalls.RetryWhileUnavailable(() => _api.Send(HttpMethod.Post, path, token, body)));
        return await response.AssertProblem(status, code);
    }
}
