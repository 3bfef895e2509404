using System.Security.Cryptography;
using Replays.Grains.Identity;
using Replays.Media.Encryption;
using Replays.Media.Stores;
using Xunit;

namespace Replays.Api.Tests.Media.Stores;

/// <summary>The behaviour of <see cref="EncryptedMediaStore"/> on every kind of store.</summary>
public abstract class EncryptedMediaStoreContract
{
    private const int Segment = 64 * 1024;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A new instance, as a new process would have.</summary>
    protected abstract IMediaStore OpenStore();

    private EncryptedMediaStore MediaStore => new(OpenStore());

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
    public async Task Stored_media_read_back_unchanged(int length)
    {
        var (media, plaintext) = (NewObject(), Bytes(length));
        Assert.Equal(new(AppendStatus.Stored, length), await Append(MediaStore, media, 0, plaintext));

        await AssertReadsBack(media, plaintext);
        Assert.Equal(
            new Verification(true, length, Convert.ToHexStringLower(SHA256.HashData(plaintext))),
            await MediaStore.Verify(media, null, Cancellation));
    }

    [Fact]
    public async Task Upload_in_pieces_resumes_in_another_process_at_any_byte()
    {
        var random = new Random(7);
        var (media, plaintext) = (NewObject(), Bytes(180 * Segment + 321));
        var offset = 0;
        while (offset < plaintext.Length)
        {
            var mediaStore = MediaStore;
            Assert.Equal(offset, await mediaStore.ReceivedBytes(media, Cancellation));
            var count = Math.Min(plaintext.Length - offset, random.Next(3) switch
            {
                0 => random.Next(1, 1000),
                1 => Segment * random.Next(1, 4),
                _ => random.Next(1, 30 * Segment),
            });
            var appended = await Append(mediaStore, media, offset, plaintext.AsMemory(offset, count), checksummed: random.Next(2) == 0);
            offset += count;
            Assert.Equal(new(AppendStatus.Stored, offset), appended);
        }

        await AssertReadsBack(media, plaintext);
    }

    [Fact]
    public async Task Any_range_reads_as_it_was_written()
    {
        var random = new Random(11);
        var (media, plaintext) = (NewObject(), Bytes(40 * Segment + 99));
        await Append(MediaStore, media, 0, plaintext.AsMemory(0, 9 * Segment + 5));
        await Append(MediaStore, media, 9 * Segment + 5, plaintext.AsMemory(9 * Segment + 5));
        await MediaStore.Finish(media, Cancellation);

        await using var stream = await MediaStore.OpenRead(media, plaintext.Length, Cancellation);
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
    public async Task Wrong_offset_is_reported_and_changes_nothing()
    {
        var media = NewObject();
        await Append(MediaStore, media, 0, Bytes(100));

        Assert.Equal(new(AppendStatus.OffsetMismatch, 100), await Append(MediaStore, media, 0, Bytes(50)));
        Assert.Equal(new(AppendStatus.OffsetMismatch, 100), await Append(MediaStore, media, 101, Bytes(50)));
        Assert.Equal(100, await MediaStore.ReceivedBytes(media, Cancellation));
    }

    [Fact]
    public async Task Nothing_is_kept_beyond_the_limit()
    {
        var media = NewObject();
        await Append(MediaStore, media, 0, Bytes(100));

        var appended = await MediaStore.Append(media, 100, new MemoryStream(Bytes(20 * Segment)), 20 * Segment + 99, null, Cancellation);

        Assert.Equal(new(AppendStatus.TooLarge, 100), appended);
        Assert.Equal(100, await MediaStore.ReceivedBytes(media, Cancellation));
    }

    [Fact]
    public async Task Wrong_checksum_keeps_nothing_and_the_right_bytes_are_accepted_afterwards()
    {
        var (media, plaintext) = (NewObject(), Bytes(60 * Segment));
        await Append(MediaStore, media, 0, plaintext.AsMemory(0, 1000));
        var damaged = plaintext[1000..];
        damaged[^1] ^= 1;
        var checksum = new UploadChecksum(HashAlgorithmName.SHA256, SHA256.HashData(plaintext.AsSpan(1000)));

        var rejected = await MediaStore.Append(media, 1000, new MemoryStream(damaged), long.MaxValue, checksum, Cancellation);
        Assert.Equal(new(AppendStatus.ChecksumMismatch, 1000), rejected);

        var accepted = await MediaStore.Append(media, 1000, new MemoryStream(plaintext[1000..]), long.MaxValue, checksum, Cancellation);
        Assert.Equal(new(AppendStatus.Stored, plaintext.Length), accepted);
        await AssertReadsBack(media, plaintext);
    }

    [Fact]
    public async Task Sha1_is_verified()
    {
        var (media, plaintext) = (NewObject(), Bytes(100));
        var right = new UploadChecksum(HashAlgorithmName.SHA1, SHA1.HashData(plaintext));
        var wrong = new UploadChecksum(HashAlgorithmName.SHA1, new byte[20]);

        Assert.Equal(AppendStatus.ChecksumMismatch, await AppendWith(wrong));
        Assert.Equal(AppendStatus.Stored, await AppendWith(right));

        async Task<AppendStatus> AppendWith(UploadChecksum checksum) =>
            (await MediaStore.Append(media, 0, new MemoryStream(plaintext), 100, checksum, Cancellation)).Status;
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50 * Segment + 7)]
    public async Task Bytes_received_before_a_disconnect_are_kept(int received)
    {
        var (media, plaintext) = (NewObject(), Bytes(received + 1000));
        await using var aborted = new AbortedStream(plaintext.AsMemory(0, received));

        var appended = await MediaStore.Append(media, 0, aborted, long.MaxValue, null, Cancellation);

        Assert.Equal(new(AppendStatus.Interrupted, received), appended);
        Assert.Equal(received, await MediaStore.ReceivedBytes(media, Cancellation));
        await Append(MediaStore, media, received, plaintext.AsMemory(received));
        await AssertReadsBack(media, plaintext);
    }

    [Fact]
    public async Task Nothing_of_an_aborted_checksummed_body_is_kept()
    {
        var media = NewObject();
        await using var aborted = new AbortedStream(Bytes(30 * Segment));

        var checksum = new UploadChecksum(HashAlgorithmName.SHA256, new byte[32]);
        var appended = await MediaStore.Append(media, 0, aborted, long.MaxValue, checksum, Cancellation);

        Assert.Equal(new(AppendStatus.Interrupted, 0), appended);
        Assert.Equal(0, await MediaStore.ReceivedBytes(media, Cancellation));
    }

    [Fact]
    public async Task Second_upload_is_rejected_while_one_is_in_progress()
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
        await AssertReadsBack(media, plaintext);
    }

    [Fact]
    public async Task Finished_upload_accepts_no_more_bytes()
    {
        var media = NewObject();
        await Append(MediaStore, media, 0, Bytes(100));
        await MediaStore.Finish(media, Cancellation);

        Assert.Equal(new(AppendStatus.Frozen, 100), await Append(MediaStore, media, 100, Bytes(1)));
        await MediaStore.Finish(media, Cancellation);
        Assert.Equal(100, await MediaStore.ReceivedBytes(media, Cancellation));
    }

    [Fact]
    public async Task Unfinished_media_are_unreadable()
    {
        var media = NewObject();
        await Append(MediaStore, media, 0, Bytes(100));

        await Assert.ThrowsAsync<MediaIntegrityException>(() => MediaStore.OpenRead(media, 100, Cancellation));
        await Assert.ThrowsAsync<MediaIntegrityException>(() => MediaStore.OpenRead(NewObject(), 0, Cancellation));
        Assert.False((await MediaStore.Verify(media, null, Cancellation)).Intact);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_starts_over_after_a_reset(bool finished)
    {
        var (media, plaintext) = (NewObject(), Bytes(70 * Segment));
        await Append(MediaStore, media, 0, Bytes(100 * Segment));
        if (finished)
            await MediaStore.Finish(media, Cancellation);

        await MediaStore.Reset(media, Cancellation);

        Assert.Equal(0, await MediaStore.ReceivedBytes(media, Cancellation));
        Assert.Equal(new(AppendStatus.Stored, plaintext.Length), await Append(MediaStore, media, 0, plaintext));
        await AssertReadsBack(media, plaintext);
    }

    [Fact]
    public async Task Deletion_is_final_and_repeatable()
    {
        var (finished, open) = (NewObject(), NewObject());
        await Append(MediaStore, finished, 0, Bytes(100 * Segment));
        await MediaStore.Finish(finished, Cancellation);
        await Append(MediaStore, open, 0, Bytes(100 * Segment));
        Assert.Contains(finished.ObjectKey, await Keys());
        Assert.Contains(open.ObjectKey, await Keys());

        foreach (var media in new[] { finished, open, open, NewObject() })
            await MediaStore.Delete(media.ObjectKey, Cancellation);

        Assert.DoesNotContain(finished.ObjectKey, await Keys());
        Assert.DoesNotContain(open.ObjectKey, await Keys());
        Assert.Equal(0, await MediaStore.ReceivedBytes(open, Cancellation));
        await Assert.ThrowsAsync<MediaIntegrityException>(() => MediaStore.OpenRead(finished, 100 * Segment, Cancellation));
    }

    [Fact]
    public async Task List_returns_key_size_and_time_of_every_object()
    {
        var media = NewObject();
        await Append(MediaStore, media, 0, Bytes(100 * Segment));
        await MediaStore.Finish(media, Cancellation);

        var info = (await List()).Single(listed => listed.ObjectKey == media.ObjectKey);

        Assert.Equal(100 * (Segment + MediaFormat.TagBytes), info.BodyBytes);
        Assert.InRange(info.ModifiedAt, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcde/")]
    public async Task Store_rejects_anything_but_an_object_key(string key)
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
    public Task Probe_succeeds_on_a_working_store() => OpenStore().Probe(Cancellation);

    /// <summary>Crashes at every single store operation in turn, then resumes in a new process.</summary>
    [Fact]
    public async Task Crash_at_any_point_loses_or_corrupts_no_acknowledged_bytes()
    {
        var plaintext = Bytes(170 * Segment + 77);
        int[] offsets = [0, 10, 10 + 2 * Segment, 95 * Segment, 95 * Segment + 1, plaintext.Length];
        var failures = 0;
        for (var failAt = 0; ; failAt++)
        {
            var media = NewObject();
            var crash = new CrashingStore(OpenStore(), failAt);
            long acknowledged = 0;
            try
            {
                for (var i = 1; i < offsets.Length; i++)
                {
                    var appended = await Append(new(crash), media, acknowledged, plaintext.AsMemory(offsets[i - 1]..offsets[i]));
                    Assert.Equal(new(AppendStatus.Stored, offsets[i]), appended);
                    acknowledged = appended.Offset;
                }

                await new EncryptedMediaStore(crash).Finish(media, Cancellation);
            }
            catch (MediaStoreException)
            {
                failures++;
            }

            var received = await MediaStore.ReceivedBytes(media, Cancellation);
            Assert.InRange(received, acknowledged, plaintext.Length);
            if (received < plaintext.Length)
                Assert.Equal(AppendStatus.Stored, (await Append(MediaStore, media, received, plaintext.AsMemory((int)received))).Status);

            await AssertReadsBack(media, plaintext);
            if (!crash.Crashed)
                break;
        }

        Assert.True(failures > 10, $"Only {failures} crash points were tested.");
    }

    protected static MediaObject NewObject() =>
        new(MediaObjectKey.Create(), $"patients/p{Random.Shared.Next()}/consultations/1/recordings/1", RandomNumberGenerator.GetBytes(32));

    protected static byte[] Bytes(int length) => RandomNumberGenerator.GetBytes(length);

    protected static Task<AppendResult> Append(
        EncryptedMediaStore mediaStore, MediaObject media, long offset, ReadOnlyMemory<byte> bytes, bool checksummed = false) =>
        mediaStore.Append(
            media,
            offset,
            new MemoryStream(bytes.ToArray()),
            long.MaxValue,
            checksummed ? new UploadChecksum(HashAlgorithmName.SHA256, SHA256.HashData(bytes.Span)) : null,
            Cancellation);

    private async Task AssertReadsBack(MediaObject media, byte[] plaintext)
    {
        await MediaStore.Finish(media, Cancellation);
        await using var stream = await MediaStore.OpenRead(media, plaintext.Length, Cancellation);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Cancellation);
        Assert.Equal(plaintext, bytes.ToArray());
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
