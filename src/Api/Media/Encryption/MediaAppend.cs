using System.Buffers;
using System.Security.Cryptography;
using Replays.Grains.Media;

namespace Replays.Api.Media.Encryption;

/// <summary>
/// One append under way. The last segment received is held back until more follows, because only <see cref="MediaVault.Finish"/> knows which is
/// the last; it is durable as the checkpoint's tail.
/// </summary>
internal sealed class MediaAppend(MediaObject media, IMediaWriter writer, Checkpoint start) : IDisposable
{
    private const int SegmentsAtOnce = 15;
    private const int PlainBytes = (SegmentsAtOnce + 1) * MediaFormat.SegmentBytes;

    /// <summary>How much an unbroken append may have to send again after a crash.</summary>
    private const long CommitEvery = 64 << 20;

    private readonly byte[] _plain = ArrayPool<byte>.Shared.Rent(PlainBytes);
    private readonly byte[] _sealed = ArrayPool<byte>.Shared.Rent(SegmentsAtOnce * MediaFormat.SealedSegmentBytes);
    private Checkpoint _durable = start;
    private IReadOnlyList<Run> _runs = start.Runs;
    private SegmentCipher? _cipher;
    private long _segments = start.Segments;
    private int _filled;

    public async Task<Appended> Receive(Stream body, long maxLength, UploadChecksum? checksum, CancellationToken cancellationToken)
    {
        using var hash = checksum is { } expected ? IncrementalHash.CreateHash(expected.Algorithm) : null;
        _durable.Tail.CopyTo(_plain);
        _filled = _durable.Tail.Length;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    read = await body.ReadAsync(_plain.AsMemory(_filled, PlainBytes - _filled), cancellationToken);
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

                if (checksum is null && Length - _durable.Length >= CommitEvery)
                    await Commit();
            }

            if (hash is not null && !hash.GetHashAndReset().AsSpan().SequenceEqual(checksum!.Value.Digest.Span))
                return new(AppendStatus.ChecksumMismatch, _durable.Length);

            await Commit();
            return new(AppendStatus.Stored, _durable.Length);
        }
        catch (MediaStoreException e) when (e.Problem is MediaStoreProblem.Full)
        {
            return new(AppendStatus.StorageFull, _durable.Length);
        }
        catch (MediaStoreException e) when (e.Problem is MediaStoreProblem.Busy)
        {
            return new(AppendStatus.InProgress, _durable.Length);
        }
    }

    public void Dispose()
    {
        _cipher?.Dispose();
        ArrayPool<byte>.Shared.Return(_plain, clearArray: true);
        ArrayPool<byte>.Shared.Return(_sealed);
    }

    private long Length => _segments * MediaFormat.SegmentBytes + _filled;

    private async Task Commit()
    {
        await WriteSegments();
        if (Length == _durable.Length)
            return;

        var checkpoint = new Checkpoint(UploadState.Open, Length, _runs, _plain.AsMemory(0, _filled));
        await writer.Commit(checkpoint.Seal(media));
        _durable = checkpoint;
    }

    /// <summary>Writes all segments that something follows, and moves the rest to the front.</summary>
    private async ValueTask WriteSegments()
    {
        var count = (_filled - 1) / MediaFormat.SegmentBytes;
        if (count <= 0)
            return;

        Seal(count);
        await writer.Write(_segments * MediaFormat.SealedSegmentBytes, _sealed.AsMemory(0, count * MediaFormat.SealedSegmentBytes));
        _segments += count;
        _filled -= count * MediaFormat.SegmentBytes;
        _plain.AsSpan(count * MediaFormat.SegmentBytes, _filled).CopyTo(_plain);
    }

    private void Seal(int count)
    {
        if (_cipher is null)
        {
            var salt = MediaFormat.NewSalt();
            _runs = [.. _runs, new(_segments, salt)];
            _cipher = MediaFormat.Run(media, salt);
        }

        for (var i = 0; i < count; i++)
        {
            _cipher.Seal(
                _segments + i,
                last: false,
                _plain.AsSpan(i * MediaFormat.SegmentBytes, MediaFormat.SegmentBytes),
                _sealed.AsSpan(i * MediaFormat.SealedSegmentBytes, MediaFormat.SealedSegmentBytes));
        }
    }
}
