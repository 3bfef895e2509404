using System.Net;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Replays.Api.Tests.Media.Stores;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>A store that is slow, away or full: told as such, and nothing acknowledged is lost by it.</summary>
public sealed class StoreTroubleTests(S3Server s3) : IClassFixture<S3Server>, IAsyncLifetime
{
    private static readonly byte[] Media = ApiProcess.Video;

    private StoreProxy _store = null!;
    private ApiProcess _api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        s3.Require();
        _store = new StoreProxy(new Uri(s3.Options.ServiceUrl).Port);
        _api = await ApiProcess.Start(new Dictionary<string, string?>(s3.Settings)
        {
            ["Replays__Media__Provider"] = "S3",
            ["Replays__Media__S3__ServiceUrl"] = _store.Address,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Store_that_is_slow_or_away_loses_nothing_blocks_nothing_and_is_published_as_unavailable()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var opened = await _api.Open(patient, number, body: new { contentType = "video/mp4", length = Media.Length });
        var (upload, path) = ((string)opened["upload"]!, $"{ApiProcess.PathOf(patient, number)}/recordings/1");

        using (var taken = await _api.Patch(upload, 0, Media.AsMemory(0, 1000)))
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        _store.GoAway();
        using (var refused = await _api.Patch(upload, 1000, Media.AsMemory(1000)))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (refused.StatusCode, await Code(refused)));
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        using (var head = await _api.Head(upload))
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (head.StatusCode, head.Headers.RetryAfter is not null));
        using (var seal = await _api.Seal(patient, number, 1, Media))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, seal.StatusCode);
        _store.ComeBack();
        await Eventually.Is(async () =>
        {
            _store.Garble(1);
            using var head = await _api.Head(upload);
            return head.Header("Upload-Offset") == "1000";
        });
        _store.Garble(int.MaxValue);
        using (var head = await _api.Head(upload))
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (head.StatusCode, head.Headers.RetryAfter is not null));
        _store.Garble(0);
        using (var taken = await _api.Patch(upload, 1000, Media.AsMemory(1000)))
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);

        // Verifying takes as long as the store does: the caller is told to come again, and nobody else waits for it.
        _store.Hold();
        using (var seal = await ApiCalls.Patiently(() => _api.AskToSeal(patient, number, 1, Media)))
            Assert.Equal((HttpStatusCode.Accepted, true), (seal.StatusCode, seal.Headers.RetryAfter is not null));
        Assert.Equal("closed", (string?)(await _api.Post($"{path}/close", TestTokens.Recorder))!["status"]);
        Assert.Equal("audio", (string?)(await _api.Post($"{ApiProcess.PathOf(patient, number)}/mode", TestTokens.Scheduler, new { mode = "audio" }))!["mode"]);
        Assert.Equal("closed", (string?)(await _api.Get(path, TestTokens.Recorder))!["status"]);
        using (var again = await ApiCalls.Patiently(() => _api.AskToSeal(patient, number, 1, Media)))
            Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        using (var other = await _api.Seal(patient, number, 1, ApiProcess.Audio))
            Assert.Equal(HttpStatusCode.Locked, other.StatusCode);
        using (var more = await _api.Patch(upload, Media.Length, default))
            Assert.Equal(HttpStatusCode.Locked, more.StatusCode);

        // kill -9 in the middle of it: whoever asks again finds it as it was.
        await _api.Restart(ready: false);
        _store.Release();
        await _api.Program.Ready();
        await Eventually.Is(async () =>
        {
            using var seal = await ApiCalls.Patiently(() => _api.AskToSeal(patient, number, 1, Media));
            Assert.Contains(seal.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Accepted });
            return seal.StatusCode is HttpStatusCode.OK;
        });
        Assert.Equal("available", (string?)(await _api.Get(path, TestTokens.Recorder))!["status"]);
        using (var again = await _api.AskToSeal(patient, number, 1, Media))
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using (var other = await _api.Seal(patient, number, 1, ApiProcess.Audio))
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "digest-mismatch"), (other.StatusCode, await Code(other)));
        using var media = await _api.Media(patient, $"{number}-1");
        Assert.Equal(Media, await media.Content.ReadAsByteArrayAsync(Cancellation));
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["code"];
}
