namespace Replays.Api.Tests.Media.Containers;

/// <summary>A long file of zeros with a head, a tail and a pattern repeated after the head. Counts the bytes read.</summary>
internal sealed class SparseStream(byte[] head, byte[] tail, long length, byte[]? pattern = null, int interval = 1) : Stream
{
    public long BytesRead { get; private set; }

    public long FailsAt { get; init; } = long.MaxValue;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, length - Position);
        for (var i = 0; i < count; i++, Position++)
            buffer[i] = Position < FailsAt ? At(Position) : throw new IOException("The store failed.");
        BytesRead += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default) => new(Read(buffer.Span));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private byte At(long position) =>
        position < head.Length ? head[position]
        : position >= length - tail.Length ? tail[(int)(position - (length - tail.Length))]
        : pattern is not null && (position - head.Length) % interval < pattern.Length ? pattern[(position - head.Length) % interval]
        : (byte)0;
}
