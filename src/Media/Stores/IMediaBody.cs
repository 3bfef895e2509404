namespace Replays.Media.Stores;

/// <summary>The body of a completed object, read at any offset. Not for concurrent use.</summary>
public interface IMediaBody : IAsyncDisposable
{
    /// <summary>Length in bytes, as stored.</summary>
    long Length { get; }

    /// <summary>Fills the buffer from <paramref name="offset"/>; throws <see cref="EndOfStreamException"/> when the body ends before.</summary>
    ValueTask ReadExactly(long offset, Memory<byte> buffer, CancellationToken cancellationToken);
}
