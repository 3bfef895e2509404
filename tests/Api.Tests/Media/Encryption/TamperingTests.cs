using System.Security.Cryptography;
using Replays.Grains.Identity;
using Replays.Media.Encryption;
using Replays.Media.FileSystem;
using Xunit;

namespace Replays.Api.Tests.Media.Encryption;

/// <summary>Write access to the store can destroy a replay, but cannot make it play bytes that were not recorded under its name.</summary>
public sealed class TamperingTests : IDisposable
{
    private const int Segment = 64 * 1024, EncryptedSegment = Segment + 16, Length = 5 * Segment + 1000;

    private readonly string _directory = Directory.CreateTempSubdirectory("replays-tampering-").FullName;
    private readonly byte[] _plaintext = RandomNumberGenerator.GetBytes(Length);
    private readonly MediaObject _media =
        new(MediaObjectKey.Create(), "patients/a/consultations/1/recordings/1", RandomNumberGenerator.GetBytes(32));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EncryptedMediaStore MediaStore => new(new FileSystemMediaStore(_directory));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string> BodyTamperings => new(Tamperings.Keys);

    private static readonly Dictionary<string, Func<byte[], byte[]>> Tamperings = new()
    {
        ["emptied"] = _ => [],
        ["truncated by a byte"] = body => body[..^1],
        ["last segment removed"] = body => body[..(5 * EncryptedSegment)],
        ["truncated within a segment"] = body => body[..(2 * EncryptedSegment + 77)],
        ["truncated at a segment boundary"] = body => body[..(2 * EncryptedSegment)],
        ["extended by a byte"] = body => [.. body, 0],
        ["extended by a segment"] = body => [.. body, .. body[..EncryptedSegment]],
        ["first segment removed"] = body => body[EncryptedSegment..],
        ["a segment copied over the next"] = body => Swap(body, 1, body, 2),
        ["two segments swapped"] = body => Swap(Swap(body, 1, body, 3), 3, body, 1),
        ["first bit flipped"] = body => Flip(body, 0),
        ["bit flipped within a segment"] = body => Flip(body, 3 * EncryptedSegment + 500),
        ["bit flipped in a tag"] = body => Flip(body, 2 * EncryptedSegment - 1),
        ["bit flipped in the last tag"] = body => Flip(body, body.Length - 1),
        ["a segment zeroed"] = body => Swap(body, 4, new byte[5 * EncryptedSegment], 4),
    };

    [Theory]
    [MemberData(nameof(BodyTamperings))]
    public async Task Tampered_body_never_yields_a_wrong_byte(string tampering)
    {
        await Store(_media, _plaintext);
        var path = FileOf(_media, "media");
        await File.WriteAllBytesAsync(path, Tamperings[tampering](await File.ReadAllBytesAsync(path, Cancellation)), Cancellation);

        await AssertRejected(_media);
    }

    [Fact]
    public async Task Any_altered_or_truncated_checkpoint_is_rejected()
    {
        await Store(_media, _plaintext);
        var path = FileOf(_media, "checkpoint");
        var whole = await File.ReadAllBytesAsync(path, Cancellation);
        for (var at = 0; at < whole.Length; at++)
        {
            await File.WriteAllBytesAsync(path, Flip(whole, at), Cancellation);
            await Assert.ThrowsAsync<MediaIntegrityException>(() => MediaStore.OpenRead(_media, Length, Cancellation));
        }

        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(path, whole[..length], Cancellation);
            await Assert.ThrowsAsync<MediaIntegrityException>(() => MediaStore.OpenRead(_media, Length, Cancellation));
        }
    }

    [Fact]
    public async Task Restored_earlier_checkpoint_is_rejected()
    {
        await Append(_media, 0, _plaintext.AsMemory(0, 3 * Segment));
        var earlier = await File.ReadAllBytesAsync(FileOf(_media, "checkpoint"), Cancellation);
        await Append(_media, 3 * Segment, _plaintext.AsMemory(3 * Segment));
        await MediaStore.Finish(_media, Cancellation);
        await File.WriteAllBytesAsync(FileOf(_media, "checkpoint"), earlier, Cancellation);

        await AssertRejected(_media);
    }

    [Fact]
    public async Task Segment_left_by_an_interrupted_upload_is_rejected()
    {
        var abandoned = new byte[EncryptedSegment];
        using (var run = MediaFormat.Run(_media, MediaFormat.NewSalt()))
            run.Encrypt(1, last: false, RandomNumberGenerator.GetBytes(Segment), abandoned);

        await Store(_media, _plaintext);
        var path = FileOf(_media, "media");
        await File.WriteAllBytesAsync(path, Swap(await File.ReadAllBytesAsync(path, Cancellation), 1, abandoned, 0), Cancellation);

        await AssertRejected(_media);
    }

    [Theory]
    [InlineData("patients/b/consultations/1/recordings/1")]
    [InlineData("patients/a/consultations/1/recordings/2")]
    [InlineData("patients/a/consultations/1/recordings/1 ")]
    [InlineData("patients/A/consultations/1/recordings/1")]
    public async Task Media_do_not_decrypt_under_another_name(string name)
    {
        await Store(_media, _plaintext);

        await AssertRejected(_media with { Name = name });
    }

    [Fact]
    public async Task Media_do_not_decrypt_with_another_key()
    {
        await Store(_media, _plaintext);

        await AssertRejected(_media with { DataKey = Flip(_media.DataKey.ToArray(), 31) });
    }

    [Theory]
    [InlineData(Length - 1)]
    [InlineData(Length + 1)]
    [InlineData(0)]
    public async Task Another_length_than_stored_is_rejected(long length)
    {
        await Store(_media, _plaintext);

        await Assert.ThrowsAsync<MediaIntegrityException>(() => MediaStore.OpenRead(_media, length, Cancellation));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Files_of_another_object_of_the_same_recording_are_rejected(bool body, bool checkpoint)
    {
        var other = _media with { ObjectKey = MediaObjectKey.Create() };
        await Store(_media, _plaintext);
        await Store(other, RandomNumberGenerator.GetBytes(Length));
        if (body)
            File.Copy(FileOf(other, "media"), FileOf(_media, "media"), overwrite: true);

        if (checkpoint)
            File.Copy(FileOf(other, "checkpoint"), FileOf(_media, "checkpoint"), overwrite: true);

        await AssertRejected(_media);
    }

    /// <summary>Sequential reads from every segment throw and return only correct bytes before that.</summary>
    private async Task AssertRejected(MediaObject media)
    {
        Assert.Equal(default, await MediaStore.Verify(media, null, Cancellation));
        var rejected = 0;
        for (var start = 0; start < Length; start += Segment)
        {
            var position = start;
            try
            {
                await using var stream = await MediaStore.OpenRead(media, Length, Cancellation);
                stream.Position = start;
                var buffer = new byte[10_000];
                for (int read; (read = await stream.ReadAsync(buffer, Cancellation)) > 0; position += read)
                    Assert.True(buffer.AsSpan(0, read).SequenceEqual(_plaintext.AsSpan(position, read)), $"wrong bytes at {position}");
            }
            catch (MediaIntegrityException)
            {
                rejected++;
            }
        }

        Assert.True(rejected > 0, "Tampered media were read to the end.");
    }

    private async Task Store(MediaObject media, byte[] plaintext)
    {
        await Append(media, 0, plaintext);
        await MediaStore.Finish(media, Cancellation);
    }

    private async Task Append(MediaObject media, long offset, ReadOnlyMemory<byte> bytes) =>
        Assert.Equal(
            AppendStatus.Stored,
            (await MediaStore.Append(media, offset, new MemoryStream(bytes.ToArray()), long.MaxValue, null, Cancellation)).Status);

    private string FileOf(MediaObject media, string file) => Path.Combine(_directory, media.ObjectKey[..2], media.ObjectKey, file);

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes = [.. bytes];
        bytes[at] ^= 1;
        return bytes;
    }

    private static byte[] Swap(byte[] body, int to, byte[] source, int from)
    {
        body = [.. body];
        source.AsSpan(from * EncryptedSegment, EncryptedSegment).CopyTo(body.AsSpan(to * EncryptedSegment));
        return body;
    }
}
