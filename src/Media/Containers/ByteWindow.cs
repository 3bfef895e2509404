namespace Replays.Media.Containers;

/// <summary>
/// Looks at a seekable stream through one small buffer. Whatever the bytes say, memory is this buffer, and the limits here end the reading.
/// </summary>
public sealed class ByteWindow(Stream stream, CancellationToken cancellation)
{
    /// <summary>The most bytes that can be seen at once.</summary>
    public const int Size = 4096;

    /// <summary>A day of live WebM at 80 blocks a second is under 7 million.</summary>
    const int MaxSteps = 1 << 23;

    /// <summary>Read forward, each byte is fetched once; this much more is for going back.</summary>
    const long MaxRereads = 64 << 20;

    readonly byte[] buffer = new byte[Size];
    long start;
    int filled;
    long fetched;
    int steps;

    public long Length { get; } = stream.Length;

    /// <summary>To be called once a box or element: false when there were too many.</summary>
    public bool Step()
    {
        cancellation.ThrowIfCancellationRequested();
        return ++steps <= MaxSteps;
    }

    /// <summary>
    /// The bytes from a position on, good until the next call: fewer than asked for at the end of the stream, none beyond it.
    /// </summary>
    public ValueTask<ReadOnlyMemory<byte>> At(long position, long count)
    {
        count = Math.Min(count, Math.Min(Size, Length - position));
        if (position < 0 || count <= 0)
            return default;
        return position >= start && position + count <= start + filled
            ? new(buffer.AsMemory((int)(position - start), (int)count))
            : FetchAsync(position, (int)count);
    }

    /// <summary>Whether a stretch holds one of these words, at whatever place; true also if it cannot be read to its end.</summary>
    public async ValueTask<bool> HoldsAsync(long from, long to, params byte[][] words)
    {
        // Two looks overlap by less than a word, so that none falls between them.
        const int overlap = 3;
        for (var at = from; at < to; at += Size - overlap)
        {
            var bytes = await At(at, to - at);
            if (bytes.Length < Math.Min(Size, to - at) || Array.Exists(words, word => bytes.Span.IndexOf(word) >= 0))
                return true;
        }

        return false;
    }

    async ValueTask<ReadOnlyMemory<byte>> FetchAsync(long position, int count)
    {
        if (fetched > Length + MaxRereads)
            return default;
        stream.Position = start = position;
        filled = 0;
        filled = await stream.ReadAtLeastAsync(buffer, (int)Math.Min(Size, Length - position), throwOnEndOfStream: false, cancellation);
        fetched += filled;
        return buffer.AsMemory(0, Math.Min(count, filled));
    }
}
