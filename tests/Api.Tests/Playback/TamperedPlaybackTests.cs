using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Playback;

/// <summary>What somebody does to media in the store, seen from the player: less than all of it, and never a wrong byte.</summary>
public sealed class TamperedPlaybackTests(EmbeddedApi embedded)
{
    private const int Segment = 65_536 + 16;

    private readonly ApiProcess _api = embedded.Api;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tampered_media_are_cut_off_before_the_first_wrong_byte()
    {
        var (patient, stranger) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var (own, others) = (Clip(), Clip());
        var (id, stored, good) = await Give(patient, own);
        var (_, _, foreign) = await Give(stranger, others);

        var ways = new Dictionary<string, (Func<byte[], byte[]> Tamper, int Intact)>
        {
            ["a bit of the first segment"] = (body => Change(body, 100), 0),
            ["a bit in the middle"] = (body => Change(body, 20 * Segment + 5), 20 * 65_536),
            ["a bit of the last tag"] = (body => Change(body, body.Length - 1), own.Length - 1),
            ["two segments swapped"] = (body => Swap(body, 17, 23), 17 * 65_536),
            ["a segment of another recording"] = (body => Put(body, foreign, 21), 21 * 65_536),
            ["another recording"] = (_ => foreign, 0),
            ["a segment cut from the middle"] = (body => [.. body[..(20 * Segment)], .. body[(21 * Segment)..]], 0),
            ["the end cut off"] = (body => body[..^1], 0),
            ["more at the end"] = (body => [.. body, 0], 0),
            ["nothing left"] = (_ => [], 0),
        };
        foreach (var (way, (tamper, intact)) in ways)
        {
            await File.WriteAllBytesAsync(stored, tamper([.. good]), Cancellation);
            var (came, whole) = await Play(patient, id);
            Assert.False(whole, way);
            Assert.True(came.Length <= intact, $"{way}: {came.Length} bytes came");
            Assert.True(own.AsSpan().StartsWith(came), way);
        }

        await File.WriteAllBytesAsync(stored, good, Cancellation);
        var (all, complete) = await Play(patient, id);
        Assert.True(complete);
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

    /// <returns>What came of the media, and whether the answer said that this was all.</returns>
    private async Task<(byte[] Came, bool Whole)> Play(string patient, string id)
    {
        var came = new MemoryStream();
        try
        {
            using var answer = await _api.Media(patient, id);
            if (answer.StatusCode is not HttpStatusCode.OK)
                return ([], false);
            await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
            await body.CopyToAsync(came, Cancellation);
            return (came.ToArray(), true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (came.ToArray(), false);
        }
    }

    private async Task<(string Id, string Path, byte[] Body)> Give(string patient, byte[] clip)
    {
        var known = Bodies().ToHashSet();
        var id = await _api.Give(patient, clip);
        var path = Bodies().Except(known).Single(body => new FileInfo(body).Length == clip.Length + 16 * ((clip.Length + 65_535) / 65_536));
        return (id, path, await File.ReadAllBytesAsync(path, Cancellation));
    }

    private IEnumerable<string> Bodies() => Directory.EnumerateFiles(Path.Combine(_api.DataDirectory, "media"), "media", SearchOption.AllDirectories);

    /// <summary>A real clip, and 2 MB of noise in a box that players skip.</summary>
    private static byte[] Clip()
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, 2_000_008);
        return [.. ApiProcess.Video, .. size, .. "free"u8, .. RandomNumberGenerator.GetBytes(2_000_000)];
    }
}
