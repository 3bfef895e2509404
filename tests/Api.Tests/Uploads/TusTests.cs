using System.Net;
using System.Security.Cryptography;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Uploads;

public sealed class TusTests(EmbeddedApi embedded)
{
    private const HttpStatusCode ChecksumMismatch = (HttpStatusCode)460, Locked = HttpStatusCode.Locked;

    private static readonly byte[] Media = ApiProcess.Video;

    private readonly ApiProcess _api = embedded.Api;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_resumes_at_its_offset_and_seals_to_the_bytes_sent()
    {
        var (patient, number, upload) = await _api.OpenUpload(new { contentType = "video/mp4", length = Media.Length });
        await AssertUpload(upload, 0, Media.Length);

        Assert.Equal(1000, await _api.Append(upload, 0, Media.AsMemory(0, 1000)));
        await AssertUpload(upload, 1000, Media.Length);
        Assert.Equal(Media.Length, await _api.Append(upload, 1000, Media.AsMemory(1000), ("Upload-Length", $"{Media.Length}")));

        using var seal = await _api.Seal(patient, number, 1, Media);
        Assert.Equal(HttpStatusCode.OK, seal.StatusCode);
        await AssertUpload(upload, Media.Length, Media.Length);
        using var played = await _api.Media(patient, $"{number}-1");
        Assert.Equal(Media, await played.Content.ReadAsByteArrayAsync(Cancellation));
        // A sealed upload accepts no more bytes.
        await AssertRejected(Locked, "upload-in-progress", upload, Media.Length, Media.AsMemory(0, 1));
    }

    [Fact]
    public async Task A_deferred_length_can_be_declared_only_once()
    {
        var (_, _, upload) = await _api.OpenUpload();
        await AssertUpload(upload, 0, null);
        await _api.Append(upload, 0, Media.AsMemory(0, 1000));
        await AssertUpload(upload, 1000, null);

        await AssertRejected(HttpStatusCode.BadRequest, "validation", upload, 1000, default, ("Upload-Length", "999"));
        await AssertRejected(
            HttpStatusCode.RequestEntityTooLarge, "limit-reached", upload, 1000, default, ("Upload-Length", $"{(8L << 30) + 1}"));
        await AssertUpload(upload, 1000, null);
        await _api.Append(upload, 1000, default, ("Upload-Length", "2000"));
        await AssertUpload(upload, 1000, 2000);
        await AssertRejected(HttpStatusCode.BadRequest, "validation", upload, 1000, default, ("Upload-Length", "2001"));
        await AssertRejected(HttpStatusCode.RequestEntityTooLarge, "limit-reached", upload, 1000, new byte[1001]);
        await _api.Append(upload, 1000, new byte[1000], ("Upload-Length", "2000"));
        await AssertUpload(upload, 2000, 2000);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task Bytes_that_do_not_match_their_checksum_are_discarded(string algorithm)
    {
        var (_, _, upload) = await _api.OpenUpload();
        var digest = Convert.ToBase64String(algorithm == "sha1" ? SHA1.HashData(Media) : SHA256.HashData(Media));
        var damaged = Media.ToArray();
        damaged[^1] ^= 1;

        await AssertRejected(ChecksumMismatch, "checksum-mismatch", upload, 0, damaged, ("Upload-Checksum", $"{algorithm} {digest}"));
        await AssertUpload(upload, 0, null);
        Assert.Equal(Media.Length, await _api.Append(upload, 0, Media, ("Upload-Checksum", $"{algorithm} {digest}")));
    }

    [Theory]
    [InlineData("Upload-Checksum", "md5 XUFAKrxLKna5cZ2REBfFkg==")]
    [InlineData("Upload-Checksum", "sha1")]
    [InlineData("Upload-Checksum", "sha1 AAAA")]
    [InlineData("Upload-Checksum", "sha256 not-base64!")]
    [InlineData("Upload-Length", "-1")]
    [InlineData("Upload-Length", "1e3")]
    [InlineData("Upload-Offset", "")]
    [InlineData("Upload-Offset", "-1")]
    [InlineData("Upload-Offset", "+1")]
    [InlineData("Upload-Offset", "99999999999999999999")]
    public async Task An_invalid_header_is_a_validation_problem(string header, string value)
    {
        var (_, _, upload) = await _api.OpenUpload();

        var headers = new Dictionary<string, string> { ["Tus-Resumable"] = "1.0.0", ["Upload-Offset"] = "0", [header] = value };
        using var response = await Send(
            HttpMethod.Patch, upload, TusRequests.Body(new byte[10]), [.. headers.Select(entry => (entry.Key, entry.Value))]);

        Assert.Equal((HttpStatusCode.BadRequest, "validation"), (response.StatusCode, await response.ProblemCode()));
        await AssertUpload(upload, 0, null);
    }

    [Fact]
    public async Task Each_protocol_violation_has_its_own_code_and_changes_nothing()
    {
        var (_, _, upload) = await _api.OpenUpload(new { contentType = "video/mp4", length = 100 });
        await _api.Append(upload, 0, new byte[10]);

        await AssertRejected(HttpStatusCode.Conflict, "upload-offset", upload, 0, new byte[10]);
        await AssertRejected(HttpStatusCode.Conflict, "upload-offset", upload, 11, new byte[10]);
        await AssertRejected(HttpStatusCode.RequestEntityTooLarge, "limit-reached", upload, 10, new byte[91]);
        using (var response = await Send(
            HttpMethod.Patch, upload, new ByteArrayContent(new byte[10]), [("Tus-Resumable", "1.0.0"), ("Upload-Offset", "10")]))
            Assert.Equal(
                (HttpStatusCode.UnsupportedMediaType, "unsupported-media-type"), (response.StatusCode, await response.ProblemCode()));
        foreach (var version in new[] { "0.2.2", "" })
        {
            using var response = await Send(
                HttpMethod.Patch, upload, TusRequests.Body(new byte[10]), [("Tus-Resumable", version), ("Upload-Offset", "10")]);
            Assert.Equal((HttpStatusCode.PreconditionFailed, "upload-version"), (response.StatusCode, await response.ProblemCode()));
            Assert.Equal("1.0.0", response.Headers.GetValues("Tus-Version").Single());
        }

        await AssertUpload(upload, 10, 100);
    }

    [Fact]
    public async Task Options_lists_the_supported_version_extensions_and_limits()
    {
        var (_, _, upload) = await _api.OpenUpload();
        using var response = await Send(HttpMethod.Options, upload, null, []);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("1.0.0", response.Header("Tus-Resumable"));
        Assert.Equal("1.0.0", response.Header("Tus-Version"));
        Assert.Equal("checksum,creation-defer-length", response.Header("Tus-Extension"));
        Assert.Equal($"{8L << 30}", response.Header("Tus-Max-Size"));
        Assert.Equal("sha1,sha256", response.Header("Tus-Checksum-Algorithm"));
    }

    [Fact]
    public async Task An_upload_requires_the_token_of_its_own_recording()
    {
        var (patient, number, first) = await _api.OpenUpload();
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/1/close", TestTokens.Recorder);
        var second = (string)(await _api.Open(patient, number))["upload"]!;
        var (_, _, elsewhere) = await _api.OpenUpload();
        var path = second.Split('?')[0];
        string[] denied =
        [
            path, $"{path}?token=", $"{path}?token=0", .. new[] { first, elsewhere }.Select(other => $"{path}?{other.Split('?')[1]}"),
        ];
        foreach (var upload in denied)
        {
            await AssertRejected(HttpStatusCode.NotFound, "not-found", upload, 0, Media);
            using var put = await Send(HttpMethod.Put, upload, new ByteArrayContent(Media), []);
            Assert.Equal(HttpStatusCode.NotFound, put.StatusCode);
            using var head = await _api.Head(upload);
            Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        }

        await AssertUpload(first, 0, null);
        await AssertUpload(second, 0, null);
        // The upload token alone is not enough: the role of the recorder is required too.
        (string?, HttpStatusCode)[] others = [(TestTokens.Patient(patient), HttpStatusCode.Forbidden), (null, HttpStatusCode.Unauthorized)];
        foreach (var (token, status) in others)
        {
            using var response = await _api.Send(
                HttpMethod.Patch, second, token, TusRequests.Body(Media), ("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"));
            Assert.Equal(status, response.StatusCode);
        }

        await AssertUpload(second, 0, null);
    }

    [Fact]
    public async Task A_second_concurrent_upload_is_rejected_and_bytes_are_not_mixed()
    {
        var (patient, number, upload) = await _api.OpenUpload();
        using var slow = new PausedUpload(_api, upload, Media, 1000);
        await slow.Paused;

        await AssertRejected(Locked, "upload-in-progress", upload, 0, new byte[Media.Length]);
        using var put = await Send(HttpMethod.Put, upload, new ByteArrayContent(new byte[10]), []);
        Assert.Equal(Locked, put.StatusCode);
        using var reset = await _api.Send(HttpMethod.Post, $"{ApiProcess.PathOf(patient, number)}/recordings/1/reset", TestTokens.Recorder);
        Assert.Equal(Locked, reset.StatusCode);
        using var early = await _api.Seal(patient, number, 1, Media);
        Assert.Equal(Locked, early.StatusCode);
        slow.Resume();
        using var appended = await slow.Response;
        Assert.Equal(HttpStatusCode.NoContent, appended.StatusCode);
        using var seal = await _api.Seal(patient, number, 1, Media);
        Assert.Equal(HttpStatusCode.OK, seal.StatusCode);
    }

    [Fact]
    public async Task Bytes_received_before_an_aborted_request_are_kept()
    {
        var (patient, number, upload) = await _api.OpenUpload();
        var media = PaddedClip.Create(20 << 20);
        // More than all buffers hold, so that the server has read some of it.
        using var aborted = new PausedUpload(_api, upload, media, 16 << 20);
        await aborted.Paused;
        aborted.Abort();
        await Assert.ThrowsAnyAsync<Exception>(() => aborted.Response);

        await Wait.Until(async () =>
        {
            using var head = await _api.Head(upload);
            if (!int.TryParse(head.Header("Upload-Offset"), out var offset) || offset == 0)
                return false;
            using var rest = await _api.Patch(upload, offset, media.AsMemory(offset));
            return rest.StatusCode is HttpStatusCode.NoContent;
        }, seconds: 120);
        using var seal = await _api.Seal(patient, number, 1, media);
        Assert.Contains(seal.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Accepted });
    }

    [Fact]
    public async Task A_post_with_a_method_override_acts_as_a_patch()
    {
        var (_, _, upload) = await _api.OpenUpload();
        (string, string)[] headers = [("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0")];

        using var plain = await Send(HttpMethod.Post, upload, TusRequests.Body(new byte[10]), headers);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, plain.StatusCode);
        using var overridden = await Send(
            HttpMethod.Post, upload, TusRequests.Body(new byte[10]), [.. headers, ("X-HTTP-Method-Override", "PATCH")]);
        Assert.Equal(HttpStatusCode.NoContent, overridden.StatusCode);
        await AssertUpload(upload, 10, null);
    }

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? body, (string, string)[] headers) =>
        _api.Send(method, path, TestTokens.Recorder, body, headers);

    private async Task AssertRejected(
        HttpStatusCode status, string code, string upload, long offset, ReadOnlyMemory<byte> bytes, params (string, string)[] headers)
    {
        using var response = await _api.Patch(upload, offset, bytes, headers);
        Assert.Equal((status, code), (response.StatusCode, await response.ProblemCode()));
        Assert.Equal("1.0.0", response.Header("Tus-Resumable"));
    }

    private async Task AssertUpload(string upload, long offset, long? length)
    {
        using var response = await _api.Head(upload);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            ($"{offset}", length?.ToString(), length is null ? "1" : null, "1.0.0"),
            (response.Header("Upload-Offset"), response.Header("Upload-Length"), response.Header("Upload-Defer-Length"),
             response.Header("Tus-Resumable")));
        Assert.True(response.Headers.CacheControl!.NoStore);
    }
}
