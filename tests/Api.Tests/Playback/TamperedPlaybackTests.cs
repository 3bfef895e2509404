using System.Net;
using Replays.Api.Tests.Http;
using Replays.Api.Tests.Uploads;
using Xunit;

namespace Replays.Api.Tests.Playback;

public sealed class TamperedPlaybackTests(EmbeddedApi embedded)
{
    private const int Segment = 65_536 + 16;

    private readonly ApiProcess _api = embedded.Api;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Playback_of_tampered_media_ends_before_the_first_wrong_byte()
    {
        var (patient, stranger) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var (own, others) = (CreateClip(), CreateClip());
        var (id, path, original) = await CreateReplay(patient, own);
        var (_, _, foreign) = await CreateReplay(stranger, others);

        var manipulations = new Dictionary<string, (Func<byte[], byte[]> Tamper, int Intact)>
        {
            ["a bit of the first segment"] = (body => Change(body, 100), 0),
            ["a bit in the middle"] = (body => Change(body, 20 * Segment + 5), 20 * 65_536),
            ["a bit of the last tag"] = (body => Change(body, body.Length - 1), own.Length - 1),
            ["two segments swapped"] = (body => Swap(body, 17, 23), 17 * 65_536),
            ["a segment of another recording"] = (body => Put(body, foreign, 21), 21 * 65_536),
            ["another recording"] = (_ => foreign, 0),
            ["a segment removed from the middle"] = (body => [.. body[..(20 * Segment)], .. body[(21 * Segment)..]], 0),
            ["the last byte removed"] = (body => body[..^1], 0),
            ["one byte appended"] = (body => [.. body, 0], 0),
            ["an empty body"] = (_ => [], 0),
        };
        foreach (var (manipulation, (tamper, intact)) in manipulations)
        {
            await File.WriteAllBytesAsync(path, tamper([.. original]), Cancellation);
            var (received, complete) = await Play(patient, id);
            Assert.False(complete, manipulation);
            Assert.True(received.Length <= intact, $"{manipulation}: {received.Length} bytes received");
            Assert.True(own.AsSpan().StartsWith(received), manipulation);
        }

        await File.WriteAllBytesAsync(path, original, Cancellation);
        var (all, completed) = await Play(patient, id);
        Assert.True(completed);
        Assert.Equal(own, all);

        static byte[] Change(byte[] body, int at)
        {
            body[at] ^= 1;
            return body;
        }

        static byte[] Put(byte[] body, byte[] from, int segment)
        {
            from.AsSpan(segment * Segment, Segment).CopyTo(body.AsSpan(segment * Segment));
            return body;
        }

        static byte[] Swap(byte[] body, int one, int other)
        {
            var copy = body.ToArray();
            copy.AsSpan(one * Segment, Segment).CopyTo(body.AsSpan(other * Segment));
            copy.AsSpan(other * Segment, Segment).CopyTo(body.AsSpan(one * Segment));
            return body;
        }
    }

    /// <returns>The bytes received, and whether the response was complete.</returns>
    private async Task<(byte[] Received, bool IsComplete)> Play(string patient, string id)
    {
        var received = new MemoryStream();
        try
        {
            using var response = await _api.Media(patient, id);
            if (response.StatusCode is not HttpStatusCode.OK)
                return ([], false);
            await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
            await body.CopyToAsync(received, Cancellation);
            return (received.ToArray(), true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (received.ToArray(), false);
        }
    }

    private async Task<(string Id, string Path, byte[] Body)> CreateReplay(string patient, byte[] clip)
    {
        var existing = Bodies().ToHashSet();
        var id = await _api.Give(patient, clip);
        var encryptedLength = clip.Length + 16 * ((clip.Length + 65_535) / 65_536);
        var path = Bodies().Except(existing).Single(body => new FileInfo(body).Length == encryptedLength);
        return (id, path, await File.ReadAllBytesAsync(path, Cancellation));
    }

    private IEnumerable<string> Bodies() =>
        Directory.EnumerateFiles(Path.Combine(_api.DataDirectory, "media"), "media", SearchOption.AllDirectories);

    private static byte[] CreateClip() => PaddedClip.Create(ApiProcess.Video.Length + 2_000_008);
}
