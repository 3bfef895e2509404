using System.Net;
using Replays.Api.Tests.Http;
using Replays.Api.Tests.Media.Stores;
using Xunit;

namespace Replays.Api.Tests.Uploads;

public sealed class StoreOutageTests(S3Server s3) : IClassFixture<S3Server>, IAsyncLifetime
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
    public async Task A_slow_or_unreachable_store_is_reported_as_unavailable_loses_nothing_and_blocks_nothing_else()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var opened = await _api.Open(patient, number, body: new { contentType = "video/mp4", length = Media.Length });
        var (upload, path) = ((string)opened["upload"]!, $"{ApiProcess.PathOf(patient, number)}/recordings/1");

        using (var appended = await _api.Patch(upload, 0, Media.AsMemory(0, 1000)))
            Assert.Equal(HttpStatusCode.NoContent, appended.StatusCode);
        _store.Disconnect();
        using (var rejected = await _api.Patch(upload, 1000, Media.AsMemory(1000)))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (rejected.StatusCode, await rejected.ProblemCode()));
            Assert.NotNull(rejected.Headers.RetryAfter);
        }

        using (var head = await _api.Head(upload))
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (head.StatusCode, head.Headers.RetryAfter is not null));
        using (var seal = await _api.Seal(patient, number, 1, Media))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, seal.StatusCode);
        _store.Reconnect();
        await Wait.Until(async () =>
        {
            _store.CorruptETags(1);
            using var head = await _api.Head(upload);
            return head.Header("Upload-Offset") == "1000";
        }, seconds: 120);
        _store.CorruptETags(int.MaxValue);
        using (var head = await _api.Head(upload))
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (head.StatusCode, head.Headers.RetryAfter is not null));
        _store.CorruptETags(0);
        using (var appended = await _api.Patch(upload, 1000, Media.AsMemory(1000)))
            Assert.Equal(HttpStatusCode.NoContent, appended.StatusCode);

        // While a slow store delays verification, the recorder is asked to retry, and no other request waits.
        _store.HoldBodies();
        using (var seal = await ApiCalls.RetryWhileUnavailable(() => _api.RequestSeal(patient, number, 1, Media)))
            Assert.Equal((HttpStatusCode.Accepted, true), (seal.StatusCode, seal.Headers.RetryAfter is not null));
        Assert.Equal("closed", (string?)(await _api.Post($"{path}/close", TestTokens.Recorder))!["status"]);
        var switched = await _api.Post($"{ApiProcess.PathOf(patient, number)}/mode", TestTokens.Scheduler, new { mode = "audio" });
        Assert.Equal("audio", (string?)switched!["mode"]);
        Assert.Equal("closed", (string?)(await _api.Get(path, TestTokens.Recorder))!["status"]);
        using (var again = await ApiCalls.RetryWhileUnavailable(() => _api.RequestSeal(patient, number, 1, Media)))
            Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        using (var other = await _api.Seal(patient, number, 1, ApiProcess.Audio))
            Assert.Equal(HttpStatusCode.Locked, other.StatusCode);
        using (var more = await _api.Patch(upload, Media.Length, default))
            Assert.Equal(HttpStatusCode.Locked, more.StatusCode);

        // A repeated seal completes after kill -9 during the verification.
        await _api.Restart(ready: false);
        _store.ReleaseBodies();
        await _api.Program.Ready();
        await Wait.Until(async () =>
        {
            using var seal = await ApiCalls.RetryWhileUnavailable(() => _api.RequestSeal(patient, number, 1, Media));
            Assert.Contains(seal.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Accepted });
            return seal.StatusCode is HttpStatusCode.OK;
        }, seconds: 120);
        Assert.Equal("available", (string?)(await _api.Get(path, TestTokens.Recorder))!["status"]);
        using (var again = await _api.RequestSeal(patient, number, 1, Media))
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using (var other = await _api.Seal(patient, number, 1, ApiProcess.Audio))
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "digest-mismatch"), (other.StatusCode, await other.ProblemCode()));
        using var media = await _api.Media(patient, $"{number}-1");
        Assert.Equal(Media, await media.Content.ReadAsByteArrayAsync(Cancellation));
    }
}
