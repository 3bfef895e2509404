using System.Net;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Playback;

public sealed class PlaybackUrlTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public async Task A_playback_url_serves_one_replay_in_full_and_by_range_without_an_access_token()
    {
        var patient = ApiProcess.NewPatient();
        var playback = await CreatePlayback(patient, await _api.Give(patient));
        var url = (string)playback["url"]!;
        Assert.StartsWith("/v1/playback", url, StringComparison.Ordinal);
        Assert.DoesNotContain(patient, url, StringComparison.Ordinal);
        var now = DateTimeOffset.UtcNow;
        Assert.Equal(5, ((DateTimeOffset)playback["expiresAt"]! - now).TotalMinutes, 0.5);
        Assert.Equal(30, ((DateTimeOffset)playback["endsAt"]! - now).TotalMinutes, 0.5);

        using var whole = await Get(url);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        Assert.Equal("video/mp4", whole.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-referrer", whole.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("private, no-store", string.Join(", ", whole.Headers.CacheControl!.ToString().Split(", ").OrderDescending()));
        Assert.Equal(ApiProcess.Video, await Bytes(whole));
        var tag = whole.Headers.ETag!.ToString();

        using var part = await Get(url, ("Range", "bytes=1000-1999"), ("If-Range", tag));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal($"bytes 1000-1999/{ApiProcess.Video.Length}", part.Content.Headers.ContentRange!.ToString());
        Assert.Equal(ApiProcess.Video[1000..2000], await Bytes(part));
        using var stale = await Get(url, ("Range", "bytes=1000-1999"), ("If-Range", "\"stale\""));
        Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
        using var unchanged = await Get(url, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var outside = await Get(url, ("Range", "bytes=9999999-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, outside.StatusCode);
        using var head = await _api.Send(HttpMethod.Head, url, null);
        Assert.Equal(ApiProcess.Video.Length, head.Content.Headers.ContentLength);

        // A changed, empty or missing token is not found.
        foreach (var at in new[] { url.Length - 1, url.Length - 40, url.IndexOf('=', StringComparison.Ordinal) + 1 })
            await AssertNotFound(url[..at] + (url[at] == 'A' ? 'B' : 'A') + url[(at + 1)..]);
        await AssertNotFound("/v1/playback");
        await AssertNotFound("/v1/playback?token=");
        Assert.DoesNotContain(url.Split('=')[1], _api.Program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(patient, _api.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_playback_url_stops_working_when_its_replay_is_withdrawn()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var id = await _api.Record(patient, number);
        var url = (string)(await CreatePlayback(patient, id))["url"]!;
        using (var before = await Get(url, ("Range", "bytes=0-999")))
            Assert.Equal(HttpStatusCode.PartialContent, before.StatusCode);

        await _api.Post($"{ApiProcess.PathOf(patient, number)}/end", TestTokens.Scheduler);
        await _api.Post($"/v1/me/consultations/{number}/consent", TestTokens.Patient(patient), new { mode = "video", granted = false });

        await AssertNotFound(url, ("Range", "bytes=1000-1999"));
        using var again = await _api.Send(HttpMethod.Post, $"/v1/me/replays/{id}/playback", TestTokens.Patient(patient));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Only_the_patient_the_clinician_of_the_consultation_and_an_officer_with_a_reason_get_a_playback_url()
    {
        var (patient, clinician) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var id = await _api.Record(patient, await _api.Begin(patient, clinician: clinician));
        var path = $"/v1/patients/{patient}/replays/{id}/playback";

        var forClinician = await _api.Expect(HttpStatusCode.Created, HttpMethod.Post, path, TestTokens.For(clinician, "clinician"));
        using (var served = await Get((string)forClinician!["url"]!))
            Assert.Equal(ApiProcess.Video, await Bytes(served));
        var forOfficer = await _api.Expect(
            HttpStatusCode.Created, HttpMethod.Post, path, TestTokens.Officer, null, ("Access-Reason", "Complaint 7"));
        using (var served = await Get((string)forOfficer!["url"]!))
            Assert.Equal(ApiProcess.Video, await Bytes(served));

        await _api.Expect(HttpStatusCode.Forbidden, HttpMethod.Post, path, TestTokens.Officer);
        await _api.Expect(HttpStatusCode.NotFound, HttpMethod.Post, path, TestTokens.For("another-clinician", "clinician"));
        await _api.Expect(HttpStatusCode.Forbidden, HttpMethod.Post, path, TestTokens.Patient(patient));
        await _api.Expect(
            HttpStatusCode.NotFound, HttpMethod.Post, $"/v1/me/replays/{id}/playback", TestTokens.Patient(ApiProcess.NewPatient()));
        await _api.Expect(HttpStatusCode.Unauthorized, HttpMethod.Post, path, null);
    }

    private async Task<JsonNode> CreatePlayback(string patient, string id) =>
        (await _api.Expect(HttpStatusCode.Created, HttpMethod.Post, $"/v1/me/replays/{id}/playback", TestTokens.Patient(patient)))!;

    private Task<HttpResponseMessage> Get(string url, params (string, string)[] headers) =>
        _api.Send(HttpMethod.Get, url, null, null, headers);

    private async Task AssertNotFound(string url, params (string, string)[] headers)
    {
        using var response = await Get(url, headers);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(
            "not-found", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static Task<byte[]> Bytes(HttpResponseMessage response) =>
        response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
}
