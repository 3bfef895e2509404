using System.Security.Cryptography;
using Replays.Grains.Identity;
using Replays.Media.Encryption;
using Replays.Media.FileSystem;
using Xunit;

namespace Replays.Api.Tests.Media.Encryption;

/// <summary>Whoever can write to the store can destroy a replay, but never make anybody watch a byte that was not recorded under its name.</summary>
public sealed class TamperingTests : IDisposable
{
    private const int Segment = 64 * 1024, Sealed = Segment + 16, Length = 5 * Segment + 1000;

    private readonly string _directory = Directory.CreateTempSubdirectory("replays-tampering-").FullName;
    private readonly byte[] _plaintext = RandomNumberGenerator.GetBytes(Length);
    private readonly MediaObject _media = new(MediaObjectKey.Create(), "patients/a/consultations/1/recordings/1", RandomNumberGenerator.GetBytes(32));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EncryptedMediaStore Vault => new(new FileSystemMediaStore(_directory));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string> BodyTamperings => new(Tamperings.Keys);

    private static readonly Dictionary<string, Func<byte[], byte[]>> Tamperings = new()
    {
        ["emptied"] = _ => [],
        ["cut by a byte"] = body => body[..^1],
        ["cut by its last segment"] = body => body[..(5 * Sealed)],
        ["cut within a segment"] = body => body[..(2 * Sealed + 77)],
        ["cut at a segment"] = body => body[..(2 * Sealed)],
        ["extended by a byte"] = body => [.. body, 0],
        ["extended by a segment"] = body => [.. body, .. body[..Sealed]],
        ["its first segment removed"] = body => body[Sealed..],
        ["a segment doubled over the next"] = body => Swap(body, 1, body, 2),
        ["two segments exchanged"] = body => Swap(Swap(body, 1, body, 3), 3, body, 1),
        ["first bit flipped"] = body => Flip(body, 0),
        ["bit flipped within"] = body => Flip(body, 3 * Sealed + 500),
        ["bit flipped in a tag"] = body => Flip(body, 2 * Sealed - 1),
        ["bit flipped in the last tag"] = body => Flip(body, body.Length - 1),
        ["a segment zeroed"] = body => Swap(body, 4, new byte[5 * Sealed], 4),
    };

    [Theory]
    [MemberData(nameof(BodyTamperings))]
    public async Task Tampered_body_never_yields_a_wrong_byte(string tampering)
    {
        await Store(_media, _plaintext);
        var path = FileOf(_media, "media");
        await File.WriteAllBytesAsync(path, Tamperings[tampering](await File.ReadAllBytesAsync(path, Cancellation)), Cancellation);

        await AssertRefused(_media);
    }

    [Fact]
    public async Task Any_bit_of_the_checkpoint_flipped_is_refused()
    {
        await Store(_media, _plaintext);
        var path = FileOf(_media, "checkpoint");
        var whole = await File.ReadAllBytesAsync(path, Cancellation);
        for (var at = 0; at < whole.Length; at++)
        {
            await File.WriteAllBytesAsync(path, Flip(whole, at), Cancellation);
            await Assert.ThrowsAsync<MediaIntegrityException>(() => Vault.OpenRead(_media, Length, Cancellation));
        }

        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(path, whole[..length], Cancellation);
            await Assert.ThrowsAsync<MediaIntegrityException>(() => Vault.OpenRead(_media, Length, Cancellation));
        }
    }

    [Fact]
    public async Task Earlier_checkpoint_put_back_is_refused()
    {
        await Append(_media, 0, _plaintext.AsMemory(0, 3 * Segment));
        var earlier = await File.ReadAllBytesAsync(FileOf(_media, "checkpoint"), Cancellation);
        await Append(_media, 3 * Segment, _plaintext.AsMemory(3 * Segment));
        await Vault.Finish(_media, Cancellation);
        await File.WriteAllBytesAsync(FileOf(_media, "checkpoint"), earlier, Cancellation);

        await AssertRefused(_media);
    }

    [Fact]
    public async Task Segment_that_an_interrupted_upload_left_is_not_taken_for_the_one_that_counts()
    {
        var abandoned = new byte[Sealed];
        using (var run = MediaFormat.Run(_media, MediaFormat.NewSalt()))
            run.Encrypt(1, last: false, RandomNumberGenerator.GetBytes(Segment), abandoned);

        await Store(_media, _plaintext);
        var path = FileOf(_media, "media");
        await File.WriteAllBytesAsync(path, Swap(await File.ReadAllBytesAsync(path, Cancellation), 1, abandoned, 0), Cancellation);

        await AssertRefused(_media);
    }

    [Theory]
    [InlineData("patients/b/consultations/1/recordings/1")]
    [InlineData("patients/a/consultations/1/recordings/2")]
    [InlineData("patients/a/consultations/1/recordings/1 ")]
    [InlineData("patients/A/consultations/1/recordings/1")]
    public async Task Under_another_name_nothing_decrypts(string name)
    {
        await Store(_media, _plaintext);

        await AssertRefused(_media with { Name = name });
    }

    [Fact]
    public async Task With_another_key_nothing_decrypts()
    {
        await Store(_media, _plaintext);

        await AssertRefused(_media with { DataKey = Flip(_media.DataKey.ToArray(), 31) });
    }

    [Theory]
    [InlineData(Length - 1)]
    [InlineData(Length + 1)]
    [InlineData(0)]
    public async Task Another_length_than_was_sealed_is_refused(long length)
    {
        await Store(_media, _plaintext);

        await Assert.ThrowsAsync<MediaIntegrityException>(() => Vault.OpenRead(_media, length, Cancellation));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Files_of_another_object_of_the_same_recording_are_refused(bool body, bool checkpoint)
    {
        var other = _media with { ObjectKey = MediaObjectKey.Create() };
        await Store(_media, _plaintext);
        await Store(other, RandomNumberGenerator.GetBytes(Length));
        if (body)
            File.Copy(FileOf(other, "media"), FileOf(_media, "media"), overwrite: true);

        if (checkpoint)
            File.Copy(FileOf(other, "checkpoint"), FileOf(_media, "checkpoint"), overwrite: true);

        await AssertRefused(_media);
    }

    /// <summary>Read in order and from every segment, it throws, and all that came before is as it was recorded.</summary>
    private async Task AssertRefused(MediaObject media)
    {
        Assert.Equal(default, await Vault.Verify(media, null, Cancellation));
        var refused = 0;
        for (var start = 0; start < Length; start += Segment)
        {
            var position = start;
            try
            {
                await using var stream = await Vault.OpenRead(media, Length, Cancellation);
                stream.Position = start;
                var buffer = new byte[10_000];
                for (int read; (read = await stream.ReadAsync(buffer, Cancellation)) > 0; position += read)
                    Assert.True(buffer.AsSpan(0, read).SequenceEqual(_plaintext.AsSpan(position, read)), $"a wrong byte after {position}");
            }
            catch (MediaIntegrityException)
            {
                refused++;
            }
        }

        Assert.True(refused > 0, "it was read to its end");
    }

    private async Task Store(MediaObject media, byte[] plaintext)
    {
        await Append(media, 0, plaintext);
        await Vault.Finish(media, Cancellation);
    }

    private async Task Append(MediaObject media, long offset, ReadOnlyMemory<byte> bytes) =>
        Assert.Equal(
            AppendStatus.Stored,
            (await Vault.Append(media, offset, new MemoryStream(bytes.ToArray()), long.MaxValue, null, Cancellation)).Status);

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
        source.AsSpan(from * Sealed, Sealed).CopyTo(body.AsSpan(to * Sealed));
        return body;
    }
}
