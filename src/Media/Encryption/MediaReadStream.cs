using System.Buffers;
using Replays.Media.Stores;

namespace Replays.Media.Encryption;

/// <summary>Plaintext of a finished object. Reads ahead a little at first and up to 15 segments when read in sequence.</summary>
public sealed class MediaReadStream(MediaObject media, Checkpoint checkpoint, IMediaBody body) : Stream
{
    private const int SegmentsAtOnce = 15;

    private readonly long _segments = MediaFormat.Segments(checkpoint.Length);
    private byte[]? _encrypted, _plain;
    private long _encryptedFirst, _encryptedEnd, _plainSegment = -1;
    private int _readAhead = 1, _run = -1;
    private SegmentCipher? _cipher;
    private long _position;
    private bool _disposed;

    public override bool CanRead => !_disposed;

    public override bool CanSeek => !_disposed;

    public override bool CanWrite => false;

    public override long Length => checkpoint.Length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        SeekOrigin.End => Length + offset,
        _ => throw new ArgumentOutOfRangeException(nameof(origin)),
    };

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var done = 0;
        while (done < buffer.Length && _position < Length)
        {
            var segment = _position / MediaFormat.SegmentBytes;
            if (segment != _plainSegment && (segment < _encryptedFirst || segment >= _encryptedEnd))
            {
                // A caller who has bytes already does not wait for more.
                if (done > 0)
                    break;

                await Fetch(segment, cancellationToken);
            }

            done += Decrypt(segment, buffer.Span[done..]);
        }

        return done;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Blocks the thread; a reader with a choice calls <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>.</summary>
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            Release();
            await body.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            Release();
            body.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private void Release()
    {
        _disposed = true;
        _cipher?.Dispose();
        if (_encrypted is not null)
            ArrayPool<byte>.Shared.Return(_encrypted);

        if (_plain is not null)
            ArrayPool<byte>.Shared.Return(_plain, clearArray: true);
    }

    private async ValueTask Fetch(long segment, CancellationToken cancellationToken)
    {
        // A seek begins small again, so that its first byte comes soon.
        _readAhead = segment == _encryptedEnd ? Math.Min(_readAhead * 2, SegmentsAtOnce) : 1;
        var end = Math.Min(segment + _readAhead, _segments);
        _encrypted ??= ArrayPool<byte>.Shared.Rent(SegmentsAtOnce * MediaFormat.EncryptedSegmentBytes);
        var from = segment * MediaFormat.EncryptedSegmentBytes;
        var to = Math.Min(end * MediaFormat.EncryptedSegmentBytes, body.Length);
        _encryptedEnd = _encryptedFirst = 0;
        try
        {
            await body.ReadExactly(from, _encrypted.AsMemory(0, (int)(to - from)), cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new MediaIntegrityException(e);
        }

        (_encryptedFirst, _encryptedEnd) = (segment, end);
    }

    /// <summary>Plaintext of the segment from the position on. A whole segment goes straight where the caller wants it.</summary>
    private int Decrypt(long segment, Span<byte> destination)
    {
        var within = (int)(_position % MediaFormat.SegmentBytes);
        var length = (int)Math.Min(MediaFormat.SegmentBytes, Length - segment * MediaFormat.SegmentBytes);
        int count;
        if (within == 0 && destination.Length >= length && segment != _plainSegment)
        {
            Open(segment, destination[..length]);
            count = length;
        }
        else
        {
            if (segment != _plainSegment)
            {
                _plainSegment = -1;
                _plain ??= ArrayPool<byte>.Shared.Rent(MediaFormat.SegmentBytes);
                Open(segment, _plain.AsSpan(0, length));
                _plainSegment = segment;
            }

            count = Math.Min(length - within, destination.Length);
            _plain.AsSpan(within, count).CopyTo(destination);
        }

        _position += count;
        return count;
    }

    private void Open(long segment, Span<byte> plaintext)
    {
        var run = RunOf(segment);
        if (run != _run)
        {
            _cipher?.Dispose();
            _cipher = null;
            _run = -1;
            _cipher = MediaFormat.Run(media, checkpoint.Runs[run].Salt.Span);
            _run = run;
        }

        var at = (int)(segment - _encryptedFirst) * MediaFormat.EncryptedSegmentBytes;
        _cipher!.Decrypt(segment, last: segment == _segments - 1, _encrypted.AsSpan(at, plaintext.Length + MediaFormat.TagBytes), plaintext);
    }

    private int RunOf(long segment)
    {
        int low = 0, high = checkpoint.Runs.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (checkpoint.Runs[middle].First <= segment)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }
}
