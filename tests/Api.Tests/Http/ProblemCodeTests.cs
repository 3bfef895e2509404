using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>The codes of the contract, each provoked; what is repeated changes nothing.</summary>
public sealed class ProblemCodeTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public async Task What_does_not_fit_the_status_is_an_invalid_transition()
    {
        var patient = ApiProcess.NewPatient();
        var path = ApiProcess.PathOf(patient, await _api.Book(patient));
        await Refused(409, "invalid-transition", $"{path}/mode", TestTokens.Scheduler, new { mode = "video" });
        await Refused(409, "invalid-transition", $"{path}/end", TestTokens.Scheduler);
        await Refused(409, "invalid-transition", $"{path}/recordings", TestTokens.Recorder, new { contentType = "video/mp4" });
        await _api.Post($"{path}/start", TestTokens.Scheduler, new { mode = "audio" });
        await Refused(409, "invalid-transition", $"{path}/start", TestTokens.Scheduler, new { mode = "video" });
        await Refused(409, "invalid-transition", $"{path}/cancel", TestTokens.Scheduler);
        await Refused(403, "attested-consent-off", $"{path}/consent", TestTokens.Scheduler, new { mode = "audio", granted = true, attestedBy = "nurse" });
    }

    [Fact]
    public async Task Recording_takes_consent_in_its_mode_and_the_patients_presence()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Book(patient);
        var path = ApiProcess.PathOf(patient, number);
        var recording = new { contentType = "audio/mp4" };
        await _api.Post($"/v1/me/consultations/{number}/consent", TestTokens.Patient(patient), new { mode = "audio", granted = true });
        await _api.Post($"{path}/start", TestTokens.Scheduler, new { mode = "audio" });
        await Refused(409, "presence-required", $"{path}/recordings", TestTokens.Recorder, recording);
        await _api.Post($"/v1/me/consultations/{number}/join", TestTokens.Patient(patient));
        var opened = await _api.Open(patient, number, "audio/mp4");
        var open = await Refused(409, "recording-open", $"{path}/recordings", TestTokens.Recorder, recording);
        Assert.Equal((string)opened["upload"]!, (string)open["open"]!["upload"]!);
        await _api.Post($"{path}/mode", TestTokens.Scheduler, new { mode = "video" });
        await Refused(409, "consent-required", $"{path}/recordings", TestTokens.Recorder, new { contentType = "video/mp4" });
        await _api.Post($"{path}/mode", TestTokens.Scheduler, new { mode = "chat" });
        await Refused(409, "invalid-transition", $"{path}/recordings", TestTokens.Recorder, recording);
    }

    [Fact]
    public async Task A_seal_that_says_otherwise_than_the_media_delivers_nothing()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient, "audio");
        var seal = $"{ApiProcess.PathOf(patient, number)}/recordings/1/seal";
        await _api.Upload(await _api.Open(patient, number, "audio/mp4"), ApiProcess.Video);
        await Refused(422, "digest-mismatch", seal, TestTokens.Recorder, new { durationSeconds = 2, sha256 = new string('0', 64) });
        await Refused(422, "media-mismatch", seal, TestTokens.Recorder, new { durationSeconds = 2, sha256 = ApiProcess.Digest(ApiProcess.Video) });
        await Refused(400, "validation", seal, TestTokens.Recorder, new { durationSeconds = 0, sha256 = ApiProcess.Digest(ApiProcess.Video) });
        await Refused(400, "validation", seal, TestTokens.Recorder, new { durationSeconds = 2, sha256 = "abc" });
        Assert.Empty(await _api.Replays(patient));
    }

    [Fact]
    public async Task A_sealed_recording_is_sealed_once_and_takes_no_more_media()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var path = $"{ApiProcess.PathOf(patient, number)}/recordings/1";
        var opened = await _api.Open(patient, number);
        await _api.Upload(opened, ApiProcess.Video);
        for (var times = 0; times < 2; times++)
        {
            using var answer = await _api.Seal(patient, number, 1, ApiProcess.Video);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        await Refused(422, "digest-mismatch", $"{path}/seal", TestTokens.Recorder, new { durationSeconds = 2, sha256 = new string('0', 64) });
        await Refused(409, "invalid-transition", $"{path}/discard", TestTokens.Recorder);
        using var put = await _api.Send(HttpMethod.Put, (string)opened["upload"]!, TestTokens.Recorder, ApiProcess.Video);
        await BadInputTests.Problem(put, 423, "upload-in-progress");
        using var astray = await _api.Send(HttpMethod.Put, ((string)opened["upload"]!)[..^1], TestTokens.Recorder, ApiProcess.Video);
        await BadInputTests.Problem(astray, 404, "not-found");
        Assert.Equal(["1-1"], await _api.Replays(patient));
    }

    [Fact]
    public async Task A_33rd_recording_is_beyond_the_limit()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        for (var ordinal = 1; ordinal <= 32; ordinal++)
        {
            await _api.Open(patient, number);
            await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/{ordinal}/close", TestTokens.Recorder);
        }
        await Refused(409, "limit-reached", $"{ApiProcess.PathOf(patient, number)}/recordings", TestTokens.Recorder, new { contentType = "video/mp4" });
    }

    [Fact]
    public async Task An_idempotency_key_books_once_for_its_caller_and_path()
    {
        var (patient, other) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var key = ("Idempotency-Key", $"key-{patient}");
        var body = new { clinician = new { id = "clin-1", name = "Dr Amara Osei" }, scheduledFor = "2026-06-10T10:00:00Z" };
        Task<JsonNode?> Book(string of, string token) =>
            _api.Must(HttpStatusCode.Created, HttpMethod.Post, $"/v1/patients/{of}/consultations", token, body, key);

        var numbers = (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Book(patient, TestTokens.Scheduler)))).Select(one => (int)one!["number"]!);
        Assert.Equal([1], numbers.Distinct());
        using var different = await _api.Send(
            HttpMethod.Post, $"/v1/patients/{patient}/consultations", TestTokens.Scheduler, body with { scheduledFor = "2026-06-11T10:00:00Z" }, key);
        await BadInputTests.Problem(different, 422, "idempotency-key-reused");
        Assert.Equal(2, (int)(await Book(patient, TestTokens.For("another-backend", "scheduler")))!["number"]!);
        Assert.Equal(1, (int)(await Book(other, TestTokens.Scheduler))!["number"]!);
        await _api.Post($"{ApiProcess.PathOf(patient, 1)}/start", TestTokens.Scheduler, new { mode = "audio" });
        Assert.Equal("in-progress", (string)(await Book(patient, TestTokens.Scheduler))!["status"]!);
    }

    [Fact]
    public async Task Somebody_elses_replay_and_one_that_never_was_look_the_same()
    {
        var (patient, stranger) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var id = await _api.Give(patient);
        var answers = new List<string>();
        foreach (var (path, token) in new[]
        {
            ($"/v1/me/replays/{id}", TestTokens.Patient(stranger)),
            ("/v1/me/replays/7-7", TestTokens.Patient(stranger)),
            ($"/v1/patients/{patient}/replays/{id}", TestTokens.For("clin-2", "clinician")),
        })
        {
            using var answer = await _api.Send(HttpMethod.Get, path, token);
            var problem = await BadInputTests.Problem(answer, 404, "not-found");
            Assert.True(problem.AsObject().Remove("traceId"));
            answers.Add(problem.ToJsonString());
        }
        Assert.Single(answers.Distinct());
        await _api.Get($"/v1/patients/{patient}/replays/{id}", TestTokens.Clinician);
    }

    [Fact]
    public async Task An_officer_says_why_or_sees_nothing()
    {
        var patient = ApiProcess.NewPatient();
        var id = await _api.Give(patient);
        using var refused = await _api.Send(HttpMethod.Get, $"/v1/patients/{patient}/replays/{id}", TestTokens.Officer);
        await BadInputTests.Problem(refused, 403, "access-reason-required");
        await _api.Must(
            HttpStatusCode.OK, HttpMethod.Get, $"/v1/patients/{patient}/replays/{id}", TestTokens.Officer, null, ("Access-Reason", "complaint 17"));
    }

    [Fact]
    public async Task Lists_go_on_where_they_stopped_newest_first_and_filter()
    {
        var patient = ApiProcess.NewPatient();
        var token = TestTokens.Patient(patient);
        var number = await _api.Begin(patient, "audio");
        var audio = await _api.Record(patient, number, ApiProcess.Audio, "audio/mp4");
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/mode", TestTokens.Scheduler, new { mode = "video" });
        var video = await _api.Record(patient, number);
        var later = await _api.Give(patient);

        var walked = new List<string>();
        for (var after = ""; ;)
        {
            var page = await _api.Get($"/v1/me/replays?limit=1{after}", token);
            walked.AddRange(page!["items"]!.AsArray().Select(item => (string)item!["id"]!));
            if ((string?)page["next"] is not { } next)
                break;
            after = $"&after={next}";
        }
        Assert.Equal([later, video, audio], walked);

        var found = (await _api.Get("/v1/me/replays?mode=audio", token))!["items"]!.AsArray();
        Assert.Equal(audio, (string)Assert.Single(found)!["id"]!);
        Assert.StartsWith("Audio consultation with Dr Amara Osei, ", (string)found[0]!["title"]!, StringComparison.Ordinal);
        var at = Uri.EscapeDataString((string)found[0]!["recordedAt"]!);
        Assert.DoesNotContain(audio, (await _api.Get($"/v1/me/replays?to={at}", token))!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(audio, (await _api.Get($"/v1/me/replays?from={at}", token))!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Media_ranges_are_served_as_asked()
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
        using var known = await _api.Media(patient, id, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        using var beyond = await _api.Media(patient, id, ("Range", "bytes=99999999-"));
        await BadInputTests.Problem(beyond, 416, "range");
        using var head = await _api.Send(HttpMethod.Head, $"/v1/me/replays/{id}/media", TestTokens.Patient(patient));
        Assert.Equal(ApiProcess.Video.Length, head.Content.Headers.ContentLength);
    }

    private async Task<JsonNode> Refused(int status, string code, string path, string token, object? body = null)
    {
        using var answer = await ApiCalls.UntilSealed(() => ApiCalls.Patiently(() => _api.Send(HttpMethod.Post, path, token, body)));
        return await BadInputTests.Problem(answer, status, code);
    }
}
