using System.Security.Cryptography;
using Replays.Grains.Identity;
using Replays.Media.Encryption;
using Replays.Media.Stores;
using Xunit;

namespace Replays.Api.Tests.Media.Stores;

/// <summary>What a vault promises, whatever store is under it.</summary>
public abstract class MediaVaultContract
{
    private const int Segment = 64 * 1024;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The store as a process that has just started sees it.</summary>
    protected abstract IMediaStore OpenStore();

    private EncryptedMediaStore Vault => new(OpenStore());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Segment - 1)]
    [InlineData(Segment)]
    [InlineData(Segment + 1)]
    [InlineData(15 * Segment)]
    [InlineData(16 * Segment)]
    [InlineData(16 * Segment + 1)]
    [InlineData(90 * Segment)]
    [InlineData(200 * Segment + 12345)]
    public async Task What_went_in_comes_out(int length)
    {
        var (media, plaintext) = (NewObject(), Bytes(length));
        Assert.Equal(new(AppendStatus.Stored, length), await Append(Vault, media, 0, plaintext));

        var facts = await Vault.Finish(media, Cancellation);

        Assert.Equal(length, facts.Length);
        Assert.Equal(plaintext, await ReadAll(Vault, media, length));
        Assert.Equal(
            new Verification(true, length, Convert.ToHexStringLower(SHA256.HashData(plaintext))),
            await Vault.Verify(media, null, Cancellation));
    }

    [Fact]
    public async Task Upload_in_pieces_resumes_in_another_process_at_any_byte()
    {
        var random = new Random(7);
        var (media, plaintext) = (NewObject(), Bytes(180 * Segment + 321));
        var offset = 0;
        while (offset < plaintext.Length)
        {
            var vault = Vault;
            Assert.Equal(offset, await vault.ReceivedBytes(media, Cancellation));
            var count = Math.Min(plaintext.Length - offset, random.Next(3) switch
            {
                0 => random.Next(1, 1000),
                1 => Segment * random.Next(1, 4),
                _ => random.Next(1, 30 * Segment),
            });
            var appended = await Append(vault, media, offset, plaintext.AsMemory(offset, count), checksummed: random.Next(2) == 0);
            offset += count;
            Assert.Equal(new(AppendStatus.Stored, offset), appended);
        }

        await Vault.Finish(media, Cancellation);
        Assert.Equal(plaintext, await ReadAll(Vault, media, plaintext.Length));
    }

    [Fact]
    public async Task Any_range_reads_as_it_was_written()
    {
        var random = new Random(11);
        var (media, plaintext) = (NewObject(), Bytes(40 * Segment + 99));
        await Append(Vault, media, 0, plaintext.AsMemory(0, 9 * Segment + 5));
        await Append(Vault, media, 9 * Segment + 5, plaintext.AsMemory(9 * Segment + 5));
        await Vault.Finish(media, Cancellation);

        await using var stream = await Vault.OpenRead(media, plaintext.Length, Cancellation);
        for (var i = 0; i < 200; i++)
        {
            var at = i % 3 == 0 ? random.Next(40) * Segment : random.Next(plaintext.Length);
            var range = new byte[random.Next(1, Math.Min(plaintext.Length - at, 5 * Segment) + 1)];
            stream.Position = at;
            await stream.ReadExactlyAsync(range, Cancellation);
            Assert.True(range.AsSpan().SequenceEqual(plaintext.AsSpan(at, range.Length)), $"{range.Length} bytes at {at} differ");
        }

        stream.Position = plaintext.Length;
        Assert.Equal(0, await stream.ReadAsync(new byte[10], Cancellation));
    }

    [Fact]
    public async Task Wrong_offset_is_published_and_changes_nothing()
    {
        var media = NewObject();
        await Append(Vault, media, 0, Bytes(100));

        Assert.Equal(new(AppendStatus.OffsetMismatch, 100), await Append(Vault, media, 0, Bytes(50)));
        Assert.Equal(new(AppendStatus.OffsetMismatch, 100), await Append(Vault, media, 101, Bytes(50)));
        Assert.Equal(100, await Vault.ReceivedBytes(media, Cancellation));
    }

    [Fact]
    public async Task Beyond_the_limit_nothing_is_kept()
    {
        var media = NewObject();
        await Append(Vault, media, 0, Bytes(100));

        var appended = await Vault.Append(media, 100, new MemoryStream(Bytes(20 * Segment)), 20 * Segment + 99, null, Cancellation);

        Assert.Equal(new(AppendStatus.TooLarge, 100), appended);
        Assert.Equal(100, await Vault.ReceivedBytes(media, Cancellation));
    }

    [Fact]
    public async Task Wrong_checksum_keeps_nothing_and_the_right_bytes_are_taken_after_it()
    {
        var (media, plaintext) = (NewObject(), Bytes(60 * Segment));
        await Append(Vault, media, 0, plaintext.AsMemory(0, 1000));
        var damaged = plaintext[1000..];
        damaged[^1] ^= 1;
        var checksum = new UploadChecksum(HashAlgorithmName.SHA256, SHA256.HashData(plaintext.AsSpan(1000)));

        var refused = await Vault.Append(media, 1000, new MemoryStream(damaged), long.MaxValue, checksum, Cancellation);
        Assert.Equal(new(AppendStatus.ChecksumMismatch, 1000), refused);

        var taken = await Vault.Append(media, 1000, new MemoryStream(plaintext[1000..]), long.MaxValue, checksum, Cancellation);
        Assert.Equal(new(AppendStatus.Stored, plaintext.Length), taken);
        await Vault.Finish(media, Cancellation);
        Assert.Equal(plaintext, await ReadAll(Vault, media, plaintext.Length));
    }

    [Fact]
    public async Task Sha1_is_checked_as_well()
    {
        var (media, plaintext) = (NewObject(), Bytes(100));
        var right = new UploadChecksum(HashAlgorithmName.SHA1, SHA1.HashData(plaintext));
        var wrong = new UploadChecksum(HashAlgorithmName.SHA1, new byte[20]);

        Assert.Equal(AppendStatus.ChecksumMismatch, (await Vault.Append(media, 0, new MemoryStream(plaintext), 100, wrong, Cancellation)).Status);
        Assert.Equal(AppendStatus.Stored, (await Vault.Append(media, 0, new MemoryStream(plaintext), 100, right, Cancellation)).Status);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50 * Segment + 7)]
    public async Task What_arrived_before_the_client_went_away_is_kept(int arrived)
    {
        var (media, plaintext) = (NewObject(), Bytes(arrived + 1000));
        await using var cut = new CutStream(plaintext.AsMemory(0, arrived));

        var appended = await Vault.Append(media, 0, cut, long.MaxValue, null, Cancellation);

        Assert.Equal(new(AppendStatus.Interrupted, arrived), appended);
        Assert.Equal(arrived, await Vault.ReceivedBytes(media, Cancellation));
        await Append(Vault, media, arrived, plaintext.AsMemory(arrived));
        await Vault.Finish(media, Cancellation);
        Assert.Equal(plaintext, await ReadAll(Vault, media, plaintext.Length));
    }

    [Fact]
    public async Task Of_a_checksummed_body_that_was_cut_nothing_is_kept()
    {
        var media = NewObject();
        await using var cut = new CutStream(Bytes(30 * Segment));

        var checksum = new UploadChecksum(HashAlgorithmName.SHA256, new byte[32]);
        var appended = await Vault.Append(media, 0, cut, long.MaxValue, checksum, Cancellation);

        Assert.Equal(new(AppendStatus.Interrupted, 0), appended);
        Assert.Equal(0, await Vault.ReceivedBytes(media, Cancellation));
    }

    [Fact]
    public async Task Second_uploader_is_published_that_one_is_in_progress()
    {
        var store = OpenStore();
        var (media, plaintext) = (NewObject(), Bytes(20 * Segment));
        await Append(new(store), media, 0, plaintext.AsMemory(0, 500));
        await using var slow = new GatedStream(plaintext.AsMemory(500));
        var first = new EncryptedMediaStore(store).Append(media, 500, slow, long.MaxValue, null, Cancellation);
        await slow.Reached.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(new(AppendStatus.InProgress, 500), await Append(new(store), media, 500, Bytes(10)));
        var busy = await Assert.ThrowsAsync<MediaStoreException>(() => new EncryptedMediaStore(store).Finish(media, Cancellation));
        Assert.Equal(MediaStoreProblem.Busy, busy.Problem);
        busy = await Assert.ThrowsAsync<MediaStoreException>(() => new EncryptedMediaStore(store).Reset(media, Cancellation));
        Assert.Equal(MediaStoreProblem.Busy, busy.Problem);

        slow.Open();
        Assert.Equal(new(AppendStatus.Stored, plaintext.Length), await first);
        await Vault.Finish(media, Cancellation);
        Assert.Equal(plaintext, await ReadAll(Vault, media, plaintext.Length));
    }

    [Fact]
    public async Task Finished_is_frozen_for_good()
    {
        var media = NewObject();
        await Append(Vault, media, 0, Bytes(100));
        var facts = await Vault.Finish(media, Cancellation);

        Assert.Equal(new(AppendStatus.Frozen, 100), await Append(Vault, media, 100, Bytes(1)));
        Assert.Equal(facts, await Vault.Finish(media, Cancellation));
    }

    [Fact]
    public async Task Unfinished_media_are_not_read()
    {
        var media = NewObject();
        await Append(Vault, media, 0, Bytes(100));

        await Assert.ThrowsAsync<MediaIntegrityException>(() => Vault.OpenRead(media, 100, Cancellation));
        await Assert.ThrowsAsync<MediaIntegrityException>(() => Vault.OpenRead(NewObject(), 0, Cancellation));
        Assert.False((await Vault.Verify(media, null, Cancellation)).Intact);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_reset_the_upload_starts_anew(bool finished)
    {
        var (media, plaintext) = (NewObject(), Bytes(70 * Segment));
        await Append(Vault, media, 0, Bytes(100 * Segment));
        if (finished)
            await Vault.Finish(media, Cancellation);

        await Vault.Reset(media, Cancellation);

        Assert.Equal(0, await Vault.ReceivedBytes(media, Cancellation));
        Assert.Equal(new(AppendStatus.Stored, plaintext.Length), await Append(Vault, media, 0, plaintext));
        await Vault.Finish(media, Cancellation);
        Assert.Equal(plaintext, await ReadAll(Vault, media, plaintext.Length));
    }

    [Fact]
    public async Task Deleted_is_gone_and_deleting_again_is_fine()
    {
        var (finished, open) = (NewObject(), NewObject());
        await Append(Vault, finished, 0, Bytes(100 * Segment));
        await Vault.Finish(finished, Cancellation);
        await Append(Vault, open, 0, Bytes(100 * Segment));
        Assert.Contains(finished.ObjectKey, await Keys());
        Assert.Contains(open.ObjectKey, await Keys());

        foreach (var media in new[] { finished, open, open, NewObject() })
            await Vault.Delete(media.ObjectKey, Cancellation);

        Assert.DoesNotContain(finished.ObjectKey, await Keys());
        Assert.DoesNotContain(open.ObjectKey, await Keys());
        Assert.Equal(0, await Vault.ReceivedBytes(open, Cancellation));
        await Assert.ThrowsAsync<MediaIntegrityException>(() => Vault.OpenRead(finished, 100 * Segment, Cancellation));
    }

    [Fact]
    public async Task List_tells_key_size_and_time_of_every_object()
    {
        var media = NewObject();
        await Append(Vault, media, 0, Bytes(100 * Segment));
        await Vault.Finish(media, Cancellation);

        var info = (await List()).Single(listed => listed.ObjectKey == media.ObjectKey);

        Assert.Equal(100 * (Segment + MediaFormat.TagBytes), info.BodyBytes);
        Assert.InRange(info.ModifiedAt, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcde/")]
    public async Task Nothing_but_an_object_key_reaches_the_store(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => OpenStore().OpenWriter(key, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => OpenStore().Delete(key, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => OpenStore().ReadCheckpoint(key, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => OpenStore().OpenBody(key, Cancellation));
    }

    [Fact]
    public async Task Store_belongs_to_the_deployment_that_claimed_it_first()
    {
        var before = (await Keys()).Count;

        Assert.True(await OpenStore().Claim("first", Cancellation));
        Assert.False(await OpenStore().Claim("second", Cancellation));
        Assert.True(await OpenStore().Claim("first", Cancellation));
        Assert.Equal(before, (await Keys()).Count);
    }

    [Fact]
    public Task Working_store_passes_its_probe() => OpenStore().Probe(Cancellation);

    /// <summary>Every single operation of the store fails once, as in a crash at that point; then a new process resumes.</summary>
    [Fact]
    public async Task Crash_at_any_point_loses_nothing_acknowledged_and_mixes_nothing()
    {
        var plaintext = Bytes(170 * Segment + 77);
        int[] cuts = [0, 10, 10 + 2 * Segment, 95 * Segment, 95 * Segment + 1, plaintext.Length];
        var failures = 0;
        for (var failAt = 0; ; failAt++)
        {
            var media = NewObject();
            var crash = new CrashingStore(OpenStore(), failAt);
            long acknowledged = 0;
            try
            {
                for (var i = 1; i < cuts.Length; i++)
                {
                    var appended = await Append(new(crash), media, acknowledged, plaintext.AsMemory(cuts[i - 1]..cuts[i]));
                    Assert.Equal(new(AppendStatus.Stored, cuts[i]), appended);
                    acknowledged = appended.Offset;
                }

                await new EncryptedMediaStore(crash).Finish(media, Cancellation);
            }
            catch (MediaStoreException)
            {
                failures++;
            }

            var received = await Vault.ReceivedBytes(media, Cancellation);
            Assert.InRange(received, acknowledged, plaintext.Length);
            if (received < plaintext.Length)
                Assert.Equal(AppendStatus.Stored, (await Append(Vault, media, received, plaintext.AsMemory((int)received))).Status);

            await Vault.Finish(media, Cancellation);
            Assert.Equal(plaintext, await ReadAll(Vault, media, plaintext.Length));
            if (!crash.Crashed)
                break;
        }

        Assert.True(failures > 10, $"only {failures} points were tried");
    }

    protected static MediaObject NewObject() =>
        new(MediaObjectKey.Create(), $"patients/p{Random.Shared.Next()}/consultations/1/recordings/1", RandomNumberGenerator.GetBytes(32));

    protected static byte[] Bytes(int length) => RandomNumberGenerator.GetBytes(length);

    protected static Task<AppendResult> Append(EncryptedMediaStore vault, MediaObject media, long offset, ReadOnlyMemory<byte> bytes, bool checksummed = false) =>
        vault.Append(
            media,
            offset,
            new MemoryStream(bytes.ToArray()),
            long.MaxValue,
            checksummed ? new UploadChecksum(HashAlgorithmName.SHA256, SHA256.HashData(bytes.Span)) : null,
            Cancellation);

    protected static async Task<byte[]> ReadAll(EncryptedMediaStore vault, MediaObject media, long length)
    {
        await using var stream = await vault.OpenRead(media, length, Cancellation);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Cancellation);
        return bytes.ToArray();
    }

    private async Task<List<MediaObjectInfo>> List()
    {
        List<MediaObjectInfo> listed = [];
        await foreach (var info in OpenStore().List(Cancellation))
            listed.Add(info);

        return listed;
    }

    private async Task<List<string>> Keys() => (await List()).ConvertAll(info => info.ObjectKey);
}
