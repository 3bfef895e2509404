using System.Buffers;
using System.Security.Cryptography;

namespace Replays.Media.Encryption;

/// <summary>
/// One append in progress. While one buffer is filled, the other is encrypted and written, and earlier segments are made durable. The last
/// segment received stays in the checkpoint's tail until more follows, because only <see cref="EncryptedMediaStore.Finish"/> knows which is
/// the last.
/// </summary>
internal sealed class MediaAppend(MediaObject media, IMediaWriter writer, Checkpoint start, TimeSpan idleTimeout) : IAsyncDisposable
{
    private const int BatchSize = 15;
    private const int PlainBytes = (BatchSize + 1) * MediaFormat.SegmentBytes;

    /// <summary>After a crash the client resends at most twice this many bytes.</summary>
    private const long CommitInterval = 64 << 20;

    private readonly byte[] _encrypted = ArrayPool<byte>.Shared.Rent(BatchSize * MediaFormat.EncryptedSegmentBytes);
    private byte[] _plain = ArrayPool<byte>.Shared.Rent(PlainBytes), _spare = ArrayPool<byte>.Shared.Rent(PlainBytes);
    private Checkpoint _durable = start;
    private IReadOnlyList<Run> _runs = start.Runs;
    private SegmentCipher? _cipher;
    private long _segments = start.Segments, _committed = start.Length;
    private int _filled;
    private Task _writing = Task.CompletedTask, _committing = Task.CompletedTask;

    public async Task<AppendResult> Receive(Stream body, long maxLength, UploadChecksum? checksum, CancellationToken cancellation)
    {
        using var hash = checksum is { } expected ? IncrementalHash.CreateHash(expected.Algorithm) : null;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _durable.Tail.CopyTo(_plain);
        _filled = _durable.Tail.Length;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    read = await Read(body, timeout);
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

                if (checksum is null && Length - _committed >= CommitInterval)
                    await StartCommit();
            }

            if (hash is not null && !hash.GetHashAndReset().AsSpan().SequenceEqual(checksum!.Value.Digest.Span))
                return new(AppendStatus.ChecksumMismatch, _durable.Length);

            await Commit();
            return new(AppendStatus.Stored, _durable.Length);
        }
        catch (MediaStoreException e) when (e.Problem is MediaStoreProblem.Full or MediaStoreProblem.Busy)
        {
            // The commit in the background may have succeeded: the offset then includes it.
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
        ArrayPool<byte>.Shared.Return(_spare, clearArray: true);
        ArrayPool<byte>.Shared.Return(_encrypted);
    }

    private long Length => _segments * MediaFormat.SegmentBytes + _filled;

    private async ValueTask<int> Read(Stream body, CancellationTokenSource timeout)
    {
        var reading = body.ReadAsync(_plain.AsMemory(_filled, PlainBytes - _filled), timeout.Token);
        if (reading.IsCompleted)
            return await reading;

        timeout.CancelAfter(idleTimeout);
        var read = await reading;
        timeout.CancelAfter(Timeout.InfiniteTimeSpan);
        return read;
    }

    private async Task Commit()
    {
        await StartCommit();
        await _committing;
    }

    /// <summary>Makes the bytes received so far durable in the background.</summary>
    private async Task StartCommit()
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

    /// <summary>Writes all segments but the last in the background and moves the rest to the other buffer.</summary>
    private async ValueTask WriteSegments()
    {
        var count = (_filled - 1) / MediaFormat.SegmentBytes;
        if (count <= 0)
            return;

        await _writing;
        _filled -= count * MediaFormat.SegmentBytes;
        _plain.AsSpan(count * MediaFormat.SegmentBytes, _filled).CopyTo(_spare);
        (_plain, _spare) = (_spare, _plain);
        EnsureRun();
        var (full, first) = (_spare, _segments);
        _writing = Task.Run(() => Write(full, first, count), CancellationToken.None);
        _segments += count;
    }

    private void EnsureRun()
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
