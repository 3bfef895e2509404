using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>The protocol, header by header.</summary>
public sealed class TusTests(EmbeddedApi embedded)
{
    private const HttpStatusCode ChecksumMismatch = (HttpStatusCode)460, Locked = HttpStatusCode.Locked;

    private static readonly byte[] Media = ApiProcess.Video;

    private readonly ApiProcess _api = embedded.Api;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_goes_on_where_it_stopped_and_seals_to_what_was_sent()
    {
        var (patient, number, opened) = await Open(new { contentType = "video/mp4", length = Media.Length });
        var upload = (string)opened["upload"]!;
        await Stands(upload, 0, Media.Length);

        Assert.Equal(1000, await Take(upload, 0, Media.AsMemory(0, 1000)));
        await Stands(upload, 1000, Media.Length);
        Assert.Equal(Media.Length, await Take(upload, 1000, Media.AsMemory(1000), ("Upload-Length", $"{Media.Length}")));

        using var seal = await _api.Seal(patient, number, 1, Media);
        Assert.Equal(HttpStatusCode.OK, seal.StatusCode);
        await Stands(upload, Media.Length, Media.Length);
        using var played = await _api.Media(patient, $"{number}-1");
        Assert.Equal(Media, await played.Content.ReadAsByteArrayAsync(Cancellation));
        // Sealed: no byte more, whatever the offset.
        await Refused(Locked, "upload-in-progress", upload, Media.Length, Media.AsMemory(0, 1));
    }

    [Fact]
    public async Task Length_that_was_deferred_is_fixed_once()
    {
        var (_, _, opened) = await Open(null);
        var upload = (string)opened["upload"]!;
        await Stands(upload, 0, null);
        await Take(upload, 0, Media.AsMemory(0, 1000));
        await Stands(upload, 1000, null);

        await Refused(HttpStatusCode.BadRequest, "validation", upload, 1000, default, ("Upload-Length", "999"));
        await Refused(HttpStatusCode.RequestEntityTooLarge, "limit-reached", upload, 1000, default, ("Upload-Length", $"{(8L << 30) + 1}"));
        await Stands(upload, 1000, null);
        await Take(upload, 1000, default, ("Upload-Length", "2000"));
        await Stands(upload, 1000, 2000);
        await Refused(HttpStatusCode.BadRequest, "validation", upload, 1000, default, ("Upload-Length", "2001"));
        await Refused(HttpStatusCode.RequestEntityTooLarge, "limit-reached", upload, 1000, new byte[1001]);
        await Take(upload, 1000, new byte[1000], ("Upload-Length", "2000"));
        await Stands(upload, 2000, 2000);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task Bytes_that_are_not_what_their_checksum_says_are_not_kept(string algorithm)
    {
        var (_, _, opened) = await Open(null);
        var upload = (string)opened["upload"]!;
        var digest = Convert.ToBase64String(algorithm == "sha1" ? SHA1.HashData(Media) : SHA256.HashData(Media));
        var damaged = Media.ToArray();
        damaged[^1] ^= 1;

        await Refused(ChecksumMismatch, "checksum-mismatch", upload, 0, damaged, ("Upload-Checksum", $"{algorithm} {digest}"));
        await Stands(upload, 0, null);
        Assert.Equal(Media.Length, await Take(upload, 0, Media, ("Upload-Checksum", $"{algorithm} {digest}")));
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
    public async Task Header_that_makes_no_sense_is_bad_input(string header, string value)
    {
        var (_, _, opened) = await Open(null);
        var upload = (string)opened["upload"]!;

        var headers = new Dictionary<string, string> { ["Tus-Resumable"] = "1.0.0", ["Upload-Offset"] = "0", [header] = value };
        using var answer = await Send(HttpMethod.Patch, upload, TusUploads.Body(new byte[10]), [.. headers.Select(one => (one.Key, one.Value))]);

        Assert.Equal((HttpStatusCode.BadRequest, "validation"), (answer.StatusCode, await Code(answer)));
        await Stands(upload, 0, null);
    }

    [Fact]
    public async Task Each_way_of_getting_it_wrong_is_published_apart_and_changes_nothing()
    {
        var (_, _, opened) = await Open(new { contentType = "video/mp4", length = 100 });
        var upload = (string)opened["upload"]!;
        await Take(upload, 0, new byte[10]);

        await Refused(HttpStatusCode.Conflict, "upload-offset", upload, 0, new byte[10]);
        await Refused(HttpStatusCode.Conflict, "upload-offset", upload, 11, new byte[10]);
        await Refused(HttpStatusCode.RequestEntityTooLarge, "limit-reached", upload, 10, new byte[91]);
        using (var answer = await Send(HttpMethod.Patch, upload, new ByteArrayContent(new byte[10]), [("Tus-Resumable", "1.0.0"), ("Upload-Offset", "10")]))
            Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported-media-type"), (answer.StatusCode, await Code(answer)));
        foreach (var version in new[] { "0.2.2", "" })
        {
            using var answer = await Send(HttpMethod.Patch, upload, TusUploads.Body(new byte[10]), [("Tus-Resumable", version), ("Upload-Offset", "10")]);
            Assert.Equal((HttpStatusCode.PreconditionFailed, "upload-version"), (answer.StatusCode, await Code(answer)));
            Assert.Equal("1.0.0", answer.Headers.GetValues("Tus-Version").Single());
        }

        await Stands(upload, 10, 100);
    }

    [Fact]
    public async Task Server_says_what_it_speaks()
    {
        var (_, _, opened) = await Open(null);
        using var answer = await Send(HttpMethod.Options, (string)opened["upload"]!, null, []);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("1.0.0", answer.Header("Tus-Resumable"));
        Assert.Equal("1.0.0", answer.Header("Tus-Version"));
        Assert.Equal("checksum,creation-defer-length", answer.Header("Tus-Extension"));
        Assert.Equal($"{8L << 30}", answer.Header("Tus-Max-Size"));
        Assert.Equal("sha1,sha256", answer.Header("Tus-Checksum-Algorithm"));
    }

    [Fact]
    public async Task Media_without_the_token_of_their_own_recording_are_refused()
    {
        var (patient, number, first) = await Open(null);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/1/close", TestTokens.Recorder);
        var second = await _api.Open(patient, number);
        var (_, _, elsewhere) = await Open(null);
        var (own, path) = ((string)second["upload"]!, ((string)second["upload"]!).Split('?')[0]);
        string[] wrong = [path, $"{path}?token=", $"{path}?token=0", .. new[] { first, elsewhere }.Select(other => $"{path}?{((string)other["upload"]!).Split('?')[1]}")];
        foreach (var upload in wrong)
        {
            await Refused(HttpStatusCode.NotFound, "not-found", upload, 0, Media);
            using var put = await Send(HttpMethod.Put, upload, new ByteArrayContent(Media), []);
            Assert.Equal(HttpStatusCode.NotFound, put.StatusCode);
            using var head = await _api.Head(upload);
            Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        }

        await Stands((string)first["upload"]!, 0, null);
        await Stands(own, 0, null);
        // Nor is the token enough: it takes the media pipeline's own.
        foreach (var (token, status) in new[] { (TestTokens.Patient(patient), HttpStatusCode.Forbidden), (null, HttpStatusCode.Unauthorized) })
        {
            using var answer = await _api.Send(HttpMethod.Patch, own, token, TusUploads.Body(Media), ("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"));
            Assert.Equal(status, answer.StatusCode);
        }

        await Stands(own, 0, null);
    }

    [Fact]
    public async Task Of_two_uploaders_at_once_one_is_published_to_wait_and_nothing_is_mixed()
    {
        var (patient, number, opened) = await Open(null);
        var upload = (string)opened["upload"]!;
        using var slow = new SlowUpload(_api, upload, Media, 1000);
        await slow.Begun;

        await Refused(Locked, "upload-in-progress", upload, 0, new byte[Media.Length]);
        using var put = await Send(HttpMethod.Put, upload, new ByteArrayContent(new byte[10]), []);
        Assert.Equal(Locked, put.StatusCode);
        using var reset = await _api.Send(HttpMethod.Post, $"{ApiProcess.PathOf(patient, number)}/recordings/1/reset", TestTokens.Recorder);
        Assert.Equal(Locked, reset.StatusCode);
        using var early = await _api.Seal(patient, number, 1, Media);
        Assert.Equal(Locked, early.StatusCode);
        slow.GoOn();
        using var taken = await slow.Answer;
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        using var seal = await _api.Seal(patient, number, 1, Media);
        Assert.Equal(HttpStatusCode.OK, seal.StatusCode);
    }

    [Fact]
    public async Task What_arrived_of_a_request_that_was_cut_is_kept()
    {
        var (patient, number, opened) = await Open(null);
        var upload = (string)opened["upload"]!;
        var media = PaddedClip.Of(20 << 20);
        // More than all buffers on the way hold: by then the server has read some of it.
        using var cut = new SlowUpload(_api, upload, media, 16 << 20);
        await cut.Begun;
        cut.BreakOff();
        await Assert.ThrowsAnyAsync<Exception>(() => cut.Answer);

        await Eventually.Is(async () =>
        {
            using var head = await _api.Head(upload);
            if (!int.TryParse(head.Header("Upload-Offset"), out var offset) || offset == 0)
                return false;
            using var rest = await _api.Patch(upload, offset, media.AsMemory(offset));
            return rest.StatusCode is HttpStatusCode.NoContent;
        });
        using var seal = await _api.Seal(patient, number, 1, media);
        Assert.Contains(seal.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Accepted });
    }

    [Fact]
    public async Task Who_cannot_send_a_patch_sends_a_post_that_says_so()
    {
        var (_, _, opened) = await Open(null);
        var upload = (string)opened["upload"]!;
        (string, string)[] headers = [("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0")];

        using var plain = await Send(HttpMethod.Post, upload, TusUploads.Body(new byte[10]), headers);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, plain.StatusCode);
        using var told = await Send(HttpMethod.Post, upload, TusUploads.Body(new byte[10]), [.. headers, ("X-HTTP-Method-Override", "PATCH")]);
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        await Stands(upload, 10, null);
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["code"];

    private async Task<(string Patient, int Number, JsonNode Opened)> Open(object? body)
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        return (patient, number, await _api.Open(patient, number, body: body));
    }

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? body, (string, string)[] headers) =>
        _api.Send(method, path, TestTokens.Recorder, body, headers);

    /// <returns>The offset that was acknowledged.</returns>
    private async Task<long> Take(string upload, long offset, ReadOnlyMemory<byte> bytes, params (string, string)[] headers)
    {
        using var answer = await _api.Patch(upload, offset, bytes, headers);
        Assert.True(answer.StatusCode is HttpStatusCode.NoContent, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Cancellation)}");
        Assert.Equal("1.0.0", answer.Header("Tus-Resumable"));
        return long.Parse(answer.Header("Upload-Offset")!);
    }

    private async Task Refused(
        HttpStatusCode status, string code, string upload, long offset, ReadOnlyMemory<byte> bytes, params (string, string)[] headers)
    {
        using var answer = await _api.Patch(upload, offset, bytes, headers);
        Assert.Equal((status, code), (answer.StatusCode, await Code(answer)));
        Assert.Equal("1.0.0", answer.Header("Tus-Resumable"));
    }

    /// <summary>HEAD tells this offset, and this length, or that it is deferred.</summary>
    private async Task Stands(string upload, long offset, long? length)
    {
        using var answer = await _api.Head(upload);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            ($"{offset}", length?.ToString(), length is null ? "1" : null, "1.0.0"),
            (answer.Header("Upload-Offset"), answer.Header("Upload-Length"), answer.Header("Upload-Defer-Length"), answer.Header("Tus-Resumable")));
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }
}
