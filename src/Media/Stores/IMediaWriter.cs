namespace Replays.Media.Stores;

/// <summary>The one writer of an object. What was written since the last commit is dropped when it is disposed.</summary>
public interface IMediaWriter : IAsyncDisposable
{
    /// <summary>The checkpoint as this writer last knew it durable; null for an object without one.</summary>
    byte[]? Checkpoint { get; }

    /// <summary>
    /// Writes bytes of the body at <paramref name="offset"/>: first where the checkpoint's body ends, from then on where the last write ended.
    /// Not durable before a commit.
    /// </summary>
    ValueTask Write(long offset, ReadOnlyMemory<byte> bytes);

    /// <summary>
    /// Makes everything written durable, then the checkpoint that covers it, atomically. On failure the checkpoint before stands. Writing may go on
    /// meanwhile: that is for the next commit, of which there is one at a time.
    /// </summary>
    Task Commit(byte[] checkpoint);

    /// <summary>As <see cref="Commit"/>, and the body is whole: it ends after the last write and can be read from now on. Repeatable.</summary>
    Task Complete(byte[] checkpoint);

    /// <summary>Back to an object with neither body nor checkpoint. Repeatable.</summary>
    Task Reset();
}
