namespace Replays.Media.Stores;

/// <summary>The encrypted body of a completed object, readable at any offset. Not for concurrent use.</summary>
public interface IMediaBody : IAsyncDisposable
{
    /// <summary>Stored bytes.</summary>
    long Length { get; }

    /// <summary>Fills the buffer from <paramref name="offset"/>.</summary>
    /// <exception cref="EndOfStreamException">The body is too short.</exception>
    ValueTask ReadExactly(long offset, Memory<byte> buffer, CancellationToken cancellation);
}
