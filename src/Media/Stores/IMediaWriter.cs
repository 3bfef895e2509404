namespace Replays.Media.Stores;

/// <summary>The exclusive writer of an object. Disposing it discards what was written since the last commit.</summary>
public interface IMediaWriter : IAsyncDisposable
{
    /// <summary>The last checkpoint that this writer knows to be durable; null for an object without one.</summary>
    byte[]? Checkpoint { get; }

    /// <summary>Writes the body in order, from the end of the checkpoint's body on. Not durable before a commit.</summary>
    ValueTask Write(long offset, ReadOnlyMemory<byte> bytes);

    /// <summary>
    /// Makes everything written durable, then, atomically, the checkpoint that covers it. On failure the previous checkpoint remains.
    /// Writes may continue meanwhile and belong to the next commit. One commit at a time.
    /// </summary>
    Task Commit(byte[] checkpoint);

    /// <summary>Like <see cref="Commit"/>, and completes the body: it ends after the last write and becomes readable. Repeatable.</summary>
    Task Complete(byte[] checkpoint);

    /// <summary>Removes body and checkpoint. Repeatable.</summary>
    Task Reset();
}
