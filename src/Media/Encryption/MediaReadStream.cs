using System.Buffers;

namespace Replays.Media.Encryption;

/// <summary>The plaintext of a finished object. Sequential reads increase the read-ahead from 1 to 15 segments.</summary>
internal sealed class MediaReadStream(MediaObject media, Checkpoint checkpoint, IMediaBody body) : Stream
{
    private const int MaxReadAhead = 15;

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

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var count = 0;
        while (count < buffer.Length && _position < Length)
        {
            var segment = _position / MediaFormat.SegmentBytes;
            if (segment != _plainSegment && (segment < _encryptedFirst || segment >= _encryptedEnd))
            {
                // Bytes already decrypted are returned without waiting for more.
                if (count > 0)
                    break;

                await Fetch(segment, cancellation);
            }

            count += Decrypt(segment, buffer.Span[count..]);
        }

        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellation) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellation).AsTask();

    /// <summary>Blocks the thread: prefer <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>.</summary>
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _cipher?.Dispose();
            if (_encrypted is not null)
                ArrayPool<byte>.Shared.Return(_encrypted);

            if (_plain is not null)
                ArrayPool<byte>.Shared.Return(_plain, clearArray: true);

            // Completes synchronously for every store.
            body.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private async ValueTask Fetch(long segment, CancellationToken cancellation)
    {
        // A seek starts with one segment again, for a short time to the first byte.
        _readAhead = segment == _encryptedEnd ? Math.Min(_readAhead * 2, MaxReadAhead) : 1;
        var end = Math.Min(segment + _readAhead, _segments);
        _encrypted ??= ArrayPool<byte>.Shared.Rent(MaxReadAhead * MediaFormat.EncryptedSegmentBytes);
        var from = segment * MediaFormat.EncryptedSegmentBytes;
        var to = Math.Min(end * MediaFormat.EncryptedSegmentBytes, body.Length);
        _encryptedEnd = _encryptedFirst = 0;
        try
        {
            await body.ReadExactly(from, _encrypted.AsMemory(0, (int)(to - from)), cancellation);
        }
        catch (EndOfStreamException e)
        {
            throw new MediaIntegrityException(e);
        }

        (_encryptedFirst, _encryptedEnd) = (segment, end);
    }

    /// <summary>Decrypts a segment from the current position on; a whole segment goes directly into the destination.</summary>
    private int Decrypt(long segment, Span<byte> destination)
    {
        var offset = (int)(_position % MediaFormat.SegmentBytes);
        var length = (int)Math.Min(MediaFormat.SegmentBytes, Length - segment * MediaFormat.SegmentBytes);
        int count;
        if (offset == 0 && destination.Length >= length && segment != _plainSegment)
        {
            DecryptSegment(segment, destination[..length]);
            count = length;
        }
        else
        {
            if (segment != _plainSegment)
            {
                _plainSegment = -1;
                _plain ??= ArrayPool<byte>.Shared.Rent(MediaFormat.SegmentBytes);
                DecryptSegment(segment, _plain.AsSpan(0, length));
                _plainSegment = segment;
            }

            count = Math.Min(length - offset, destination.Length);
            _plain.AsSpan(offset, count).CopyTo(destination);
        }

        _position += count;
        return count;
    }

    private void DecryptSegment(long segment, Span<byte> plaintext)
    {
        var run = FindRun(segment);
        if (run != _run)
        {
            _cipher?.Dispose();
            _cipher = null;
            _run = -1;
            _cipher = MediaFormat.Run(media, checkpoint.Runs[run].Salt.Span);
            _run = run;
        }

        var at = (int)(segment - _encryptedFirst) * MediaFormat.EncryptedSegmentBytes;
        var encrypted = _encrypted.AsSpan(at, plaintext.Length + MediaFormat.TagBytes);
        _cipher!.Decrypt(segment, last: segment == _segments - 1, encrypted, plaintext);
    }

    private int FindRun(long segment)
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
