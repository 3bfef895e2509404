using System.Buffers;
using System.Security.Cryptography;
using Replays.Media.Stores;

namespace Replays.Media.Encryption;

/// <summary>
/// One append under way: while one buffer is filled, the other is encrypted and written, and what was written before is made durable. The last
/// segment received is held back until more follows, because only <see cref="EncryptedMediaStore.Finish"/> knows which is the last; it is durable as
/// the checkpoint's tail.
/// </summary>
public sealed class MediaAppend(MediaObject media, IMediaWriter writer, Checkpoint start, TimeSpan longestSilence) : IAsyncDisposable
{
    private const int SegmentsAtOnce = 15;
    private const int PlainBytes = (SegmentsAtOnce + 1) * MediaFormat.SegmentBytes;

    /// <summary>How much an unbroken append may have to send again after a crash, at most twice over.</summary>
    private const long CommitEvery = 64 << 20;

    private readonly byte[] _encrypted = ArrayPool<byte>.Shared.Rent(SegmentsAtOnce * MediaFormat.EncryptedSegmentBytes);
    private byte[] _plain = ArrayPool<byte>.Shared.Rent(PlainBytes), _other = ArrayPool<byte>.Shared.Rent(PlainBytes);
    private Checkpoint _durable = start;
    private IReadOnlyList<Run> _runs = start.Runs;
    private SegmentCipher? _cipher;
    private long _segments = start.Segments, _committed = start.Length;
    private int _filled;
    private Task _writing = Task.CompletedTask, _committing = Task.CompletedTask;

    public async Task<AppendResult> Receive(Stream body, long maxLength, UploadChecksum? checksum, CancellationToken cancellationToken)
    {
        using var hash = checksum is { } expected ? IncrementalHash.CreateHash(expected.Algorithm) : null;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _durable.Tail.CopyTo(_plain);
        _filled = _durable.Tail.Length;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    read = await Read(body, silence);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException)
                {
                    if (checksum is null)
                        await Commit();

                    return new(AppendStatus.Interrupted, _durable.Length);
                }

                if (read == 0)
                    break;

                hash?.AppendData(_plain, _filled, read);
                _filled += read;
                if (Length > maxLength)
                    return new(AppendStatus.TooLarge, _durable.Length);

                if (_filled == PlainBytes)
                    await WriteSegments();

                if (checksum is null && Length - _committed >= CommitEvery)
                    await BeginCommit();
            }

            if (hash is not null && !hash.GetHashAndReset().AsSpan().SequenceEqual(checksum!.Value.Digest.Span))
                return new(AppendStatus.ChecksumMismatch, _durable.Length);

            await Commit();
            return new(AppendStatus.Stored, _durable.Length);
        }
        catch (MediaStoreException e) when (e.Problem is MediaStoreProblem.Full or MediaStoreProblem.Busy)
        {
            // What was to become durable in the background may have made it: that is told, not lost.
            await _committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new(e.Problem is MediaStoreProblem.Full ? AppendStatus.StorageFull : AppendStatus.InProgress, _durable.Length);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _cipher?.Dispose();
        ArrayPool<byte>.Shared.Return(_plain, clearArray: true);
        ArrayPool<byte>.Shared.Return(_other, clearArray: true);
        ArrayPool<byte>.Shared.Return(_encrypted);
    }

    private long Length => _segments * MediaFormat.SegmentBytes + _filled;

    private async ValueTask<int> Read(Stream body, CancellationTokenSource silence)
    {
        var reading = body.ReadAsync(_plain.AsMemory(_filled, PlainBytes - _filled), silence.Token);
        if (reading.IsCompleted)
            return await reading;

        silence.CancelAfter(longestSilence);
        var read = await reading;
        silence.CancelAfter(Timeout.InfiniteTimeSpan);
        return read;
    }

    /// <summary>Makes all of it durable.</summary>
    private async Task Commit()
    {
        await BeginCommit();
        await _committing;
    }

    /// <summary>Makes all that is received by now durable, while more is received.</summary>
    private async Task BeginCommit()
    {
        await WriteSegments();
        await _writing;
        await _committing;
        if (Length != _durable.Length)
            _committing = Commit(new(UploadState.Open, Length, _runs, _plain.AsSpan(0, _filled).ToArray()));
    }

    private async Task Commit(Checkpoint checkpoint)
    {
        _committed = checkpoint.Length;
        await writer.Commit(checkpoint.Encrypt(media));
        _durable = checkpoint;
    }

    /// <summary>Has all segments that something follows written, and goes on with the rest at the front of the other buffer.</summary>
    private async ValueTask WriteSegments()
    {
        var count = (_filled - 1) / MediaFormat.SegmentBytes;
        if (count <= 0)
            return;

        await _writing;
        _filled -= count * MediaFormat.SegmentBytes;
        _plain.AsSpan(count * MediaFormat.SegmentBytes, _filled).CopyTo(_other);
        (_plain, _other) = (_other, _plain);
        BeginRun();
        var (full, first) = (_other, _segments);
        _writing = Task.Run(() => Write(full, first, count), CancellationToken.None);
        _segments += count;
    }

    private void BeginRun()
    {
        if (_cipher is not null)
            return;

        var salt = MediaFormat.NewSalt();
        _runs = [.. _runs, new(_segments, salt)];
        _cipher = MediaFormat.Run(media, salt);
    }

    private async Task Write(byte[] plain, long first, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _cipher!.Encrypt(
                first + i,
                last: false,
                plain.AsSpan(i * MediaFormat.SegmentBytes, MediaFormat.SegmentBytes),
                _encrypted.AsSpan(i * MediaFormat.EncryptedSegmentBytes, MediaFormat.EncryptedSegmentBytes));
        }

        await writer.Write(first * MediaFormat.EncryptedSegmentBytes, _encrypted.AsMemory(0, count * MediaFormat.EncryptedSegmentBytes));
    }
}
