namespace Replays.Media.Containers;

/// <summary>Reads a seekable stream through one small buffer. Its limits bound memory and I/O, whatever the bytes are.</summary>
internal sealed class ByteWindow(Stream stream, CancellationToken cancellation)
{
    /// <summary>The most bytes that one read returns.</summary>
    public const int Size = 4096;

    /// <summary>A day of live WebM at 80 blocks per second has less than 7 million.</summary>
    private const int MaxSteps = 1 << 23;

    /// <summary>Forward reading fetches each byte once; seeking back may fetch this much more.</summary>
    private const long MaxRereads = 64 << 20;

    private readonly byte[] _buffer = new byte[Size];
    private long _start, _fetched;
    private int _filled, _steps;

    public long Length { get; } = stream.Length;

    /// <summary>Counts a box or element; false beyond the limit.</summary>
    public bool TryStep()
    {
        cancellation.ThrowIfCancellationRequested();
        return ++_steps <= MaxSteps;
    }

    /// <summary>The bytes at a position, valid until the next call: fewer than requested at the end of the stream or a limit.</summary>
    public ValueTask<ReadOnlyMemory<byte>> Read(long position, long count)
    {
        count = Math.Min(count, Math.Min(Size, Length - position));
        if (position < 0 || count <= 0)
            return default;
        return position >= _start && position + count <= _start + _filled
            ? new(_buffer.AsMemory((int)(position - _start), (int)count))
            : Fetch(position, (int)count);
    }

    /// <summary>Whether a range contains one of these patterns of at most 4 bytes; also true if it cannot be read completely.</summary>
    public async ValueTask<bool> Contains(long from, long to, params byte[][] patterns)
    {
        // Overlapping reads find patterns that cross a boundary.
        const int overlap = 3;
        for (var at = from; at < to; at += Size - overlap)
        {
            var bytes = await Read(at, to - at);
            if (bytes.Length < Math.Min(Size, to - at) || Array.Exists(patterns, pattern => bytes.Span.IndexOf(pattern) >= 0))
                return true;
        }

        return false;
    }

    private async ValueTask<ReadOnlyMemory<byte>> Fetch(long position, int count)
    {
        if (_fetched > Length + MaxRereads)
            return default;
        stream.Position = _start = position;
        _filled = 0;
        _filled = await stream.ReadAtLeastAsync(_buffer, (int)Math.Min(Size, Length - position), throwOnEndOfStream: false, cancellation);
        _fetched += _filled;
        return _buffer.AsMemory(0, Math.Min(count, _filled));
    }
}
