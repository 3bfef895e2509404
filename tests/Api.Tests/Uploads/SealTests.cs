using System.Net;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>Rejected seals and the recovery from them. Slow verification is covered by <see cref="StoreOutageTests"/>.</summary>
public sealed class SealTests(EmbeddedApi embedded)
{
    private static readonly byte[] Media = ApiProcess.Video;

    private readonly ApiProcess _api = embedded.Api;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Missing_bytes_can_be_uploaded_after_a_premature_seal()
    {
        var (patient, number, upload) = await _api.OpenUpload(new { contentType = "video/mp4", length = Media.Length });
        await _api.Append(upload, 0, Media.AsMemory(0, 1000));

        await AssertRejected(patient, number, Media, "digest-mismatch");
        Assert.Empty(await _api.Replays(patient));
        await _api.Append(upload, 1000, Media.AsMemory(1000));
        await AssertSealed(patient, number, Media);
    }

    [Fact]
    public async Task A_wrong_digest_delivers_nothing_and_the_correct_one_then_seals()
    {
        var (patient, number, upload) = await _api.OpenUpload();
        await _api.Append(upload, 0, Media);

        await AssertRejected(patient, number, ApiProcess.Audio, "digest-mismatch");
        Assert.Equal("open", await Status(patient, number));
        Assert.Empty(await _api.Replays(patient));
        // The bytes are frozen.
        using (var more = await _api.Patch(upload, Media.Length, new byte[1]))
            Assert.Equal(HttpStatusCode.Locked, more.StatusCode);
        await AssertSealed(patient, number, Media);
    }

    [Fact]
    public async Task A_reset_drops_damaged_bytes_and_allows_a_new_upload()
    {
        var (patient, number, upload) = await _api.OpenUpload();
        var damaged = Media.ToArray();
        damaged[^1] ^= 1;
        await _api.Append(upload, 0, damaged);
        await AssertRejected(patient, number, Media, "digest-mismatch");

        var reset = await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/1/reset", TestTokens.Recorder);
        Assert.Equal(0, (long)reset!["receivedBytes"]!);
        using (var head = await _api.Head(upload))
            Assert.Equal("0", head.Header("Upload-Offset"));
        await _api.Append(upload, 0, Media);
        await AssertSealed(patient, number, Media);
    }

    [Theory]
    [InlineData("audio", "audio/mp4", "av-faststart.mp4")]
    [InlineData("audio", "audio/mp4", "audio.webm")]
    [InlineData("video", "video/mp4", "audio.m4a")]
    [InlineData("video", "video/mp4", "av.webm")]
    [InlineData("video", "video/mp4", "README.md")]
    [InlineData("video", "audio/mp4", "audio.m4a")]
    public async Task Media_that_do_not_match_the_declared_type_or_the_consent_are_not_delivered(
        string mode, string contentType, string clip)
    {
        var media = await File.ReadAllBytesAsync(
            Path.Combine(AppContext.BaseDirectory, "Media", "Containers", "Clips", clip), Cancellation);
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient, mode);
        var upload = (string)(await _api.Open(patient, number, contentType))["upload"]!;
        await _api.Append(upload, 0, media);

        await AssertRejected(patient, number, media, "media-mismatch");
        Assert.Equal("open", await Status(patient, number));
        Assert.Empty(await _api.Replays(patient));
    }

    private async Task AssertRejected(string patient, int number, byte[] media, string code)
    {
        using var response = await _api.Seal(patient, number, 1, media);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(code, await response.ProblemCode());
    }

    private async Task AssertSealed(string patient, int number, byte[] media)
    {
        using var response = await _api.Seal(patient, number, 1, media);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var played = await _api.Media(patient, $"{number}-1");
        Assert.Equal(media, await played.Content.ReadAsByteArrayAsync(Cancellation));
    }

    private async Task<string?> Status(string patient, int number) =>
        (string?)(await _api.Get($"{ApiProcess.PathOf(patient, number)}/recordings/1", TestTokens.Recorder))!["status"];
}
