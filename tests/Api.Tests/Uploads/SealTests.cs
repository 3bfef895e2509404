using System.Net;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>What a seal refuses, and what can be done then. Slow ones are in <see cref="StoreTroubleTests"/>.</summary>
public sealed class SealTests(EmbeddedApi embedded)
{
    private static readonly byte[] Media = ApiProcess.Video;

    private readonly ApiProcess _api = embedded.Api;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_missing_can_still_be_uploaded_after_a_seal_that_came_too_early()
    {
        var (patient, number, upload) = await Open(new { contentType = "video/mp4", length = Media.Length });
        await Take(upload, 0, Media.AsMemory(0, 1000));

        await Refused(patient, number, Media, "digest-mismatch");
        Assert.Empty(await _api.Replays(patient));
        await Take(upload, 1000, Media.AsMemory(1000));
        await Sealed(patient, number, Media);
    }

    [Fact]
    public async Task Wrong_digest_delivers_nothing_and_the_right_one_still_does()
    {
        var (patient, number, upload) = await Open(new { contentType = "video/mp4" });
        await Take(upload, 0, Media);

        await Refused(patient, number, ApiProcess.Audio, "digest-mismatch");
        Assert.Equal("open", await Status(patient, number));
        Assert.Empty(await _api.Replays(patient));
        // The bytes are frozen: what was refused does not become right by being added to.
        using (var more = await _api.Patch(upload, Media.Length, new byte[1]))
            Assert.Equal(HttpStatusCode.Locked, more.StatusCode);
        await Sealed(patient, number, Media);
    }

    [Fact]
    public async Task Wrong_bytes_are_dropped_by_a_reset_and_uploaded_anew()
    {
        var (patient, number, upload) = await Open(new { contentType = "video/mp4" });
        var damaged = Media.ToArray();
        damaged[^1] ^= 1;
        await Take(upload, 0, damaged);
        await Refused(patient, number, Media, "digest-mismatch");

        var reset = await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/1/reset", TestTokens.Recorder);
        Assert.Equal(0, (long)reset!["receivedBytes"]!);
        using (var head = await _api.Head(upload))
            Assert.Equal("0", head.Header("Upload-Offset"));
        await Take(upload, 0, Media);
        await Sealed(patient, number, Media);
    }

    [Theory]
    [InlineData("audio", "audio/mp4", "av-faststart.mp4")]
    [InlineData("audio", "audio/mp4", "audio.webm")]
    [InlineData("video", "video/mp4", "audio.m4a")]
    [InlineData("video", "video/mp4", "av.webm")]
    [InlineData("video", "video/mp4", "README.md")]
    [InlineData("video", "audio/mp4", "audio.m4a")]
    public async Task Media_that_are_not_what_was_declared_and_consented_to_are_not_delivered(string mode, string contentType, string clip)
    {
        var media = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Media", "Containers", "Clips", clip), Cancellation);
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient, mode);
        var upload = (string)(await _api.Open(patient, number, contentType))["upload"]!;
        await Take(upload, 0, media);

        await Refused(patient, number, media, "media-mismatch");
        Assert.Equal("open", await Status(patient, number));
        Assert.Empty(await _api.Replays(patient));
    }

    private async Task<(string Patient, int Number, string Upload)> Open(object body)
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        return (patient, number, (string)(await _api.Open(patient, number, body: body))["upload"]!);
    }

    private async Task Take(string upload, long offset, ReadOnlyMemory<byte> bytes)
    {
        using var answer = await _api.Patch(upload, offset, bytes);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private async Task Refused(string patient, int number, byte[] media, string code)
    {
        using var answer = await _api.Seal(patient, number, 1, media);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(code, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["code"]);
    }

    private async Task Sealed(string patient, int number, byte[] media)
    {
        using var answer = await _api.Seal(patient, number, 1, media);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var played = await _api.Media(patient, $"{number}-1");
        Assert.Equal(media, await played.Content.ReadAsByteArrayAsync(Cancellation));
    }

    private async Task<string?> Status(string patient, int number) =>
        (string?)(await _api.Get($"{ApiProcess.PathOf(patient, number)}/recordings/1", TestTokens.Recorder))!["status"];
}
