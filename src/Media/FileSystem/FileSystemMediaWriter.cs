using Microsoft.Win32.SafeHandles;

namespace Replays.Media.FileSystem;

/// <summary>
/// Commits the body first: fsync of the body, new checkpoint file with fsync, rename over the old one, fsync of the folder. After a crash
/// at any point, the checkpoint on disk covers only bytes that are on disk.
/// </summary>
internal sealed class FileSystemMediaWriter : IMediaWriter
{
    private readonly SafeFileHandle _body;
    private readonly string _folder, _checkpointPath;
    private long _committed = -1, _end = -1;

    private FileSystemMediaWriter(SafeFileHandle body, string folder)
    {
        _body = body;
        _folder = folder;
        _checkpointPath = Path.Combine(folder, FileSystemMediaStore.Checkpoint);
        Checkpoint = File.Exists(_checkpointPath) ? File.ReadAllBytes(_checkpointPath) : null;
    }

    public byte[]? Checkpoint { get; private set; }

    public static FileSystemMediaWriter Open(string folder)
    {
        var path = Path.Combine(folder, FileSystemMediaStore.Body);
        var body = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        try
        {
            return new(body, folder);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public ValueTask Write(long offset, ReadOnlyMemory<byte> bytes)
    {
        FileSystemErrors.Translate(() =>
        {
            if (_end < 0)
            {
                // A body shorter than its checkpoint has lost acknowledged bytes. Writing on would leave a gap of zeros.
                if (RandomAccess.GetLength(_body) < offset)
                    throw new MediaStoreException(MediaStoreProblem.Damaged);

                _committed = offset;
            }
            else if (offset != _end)
            {
                throw new ArgumentOutOfRangeException(nameof(offset), "Media must be written in order.");
            }

            // Synchronous: this only fills the operating system's cache.
            RandomAccess.Write(_body, bytes.Span, offset);
            _end = offset + bytes.Length;
        });
        return default;
    }

    public Task Commit(byte[] checkpoint)
    {
        var end = _end;
        return Task.Run(() => FileSystemErrors.Translate(() =>
        {
            if (end > _committed || Checkpoint is null)
                RandomAccess.FlushToDisk(_body);

            // Set before the checkpoint is replaced: if only the last fsync fails, the new checkpoint is in place and needs these bytes.
            _committed = Math.Max(end, _committed);
            Replace(checkpoint);
            Checkpoint = checkpoint;
        }));
    }

    public Task Complete(byte[] checkpoint)
    {
        // An interrupted writer may have left bytes beyond the end.
        FileSystemErrors.Translate(() =>
        {
            if (_end >= 0 && RandomAccess.GetLength(_body) > _end)
                RandomAccess.SetLength(_body, _end);
        });
        return Commit(checkpoint);
    }

    public Task Reset() => Task.Run(() => FileSystemErrors.Translate(() =>
    {
        File.Delete(_checkpointPath);
        DurableDirectory.Flush(_folder);
        Checkpoint = null;
        RandomAccess.SetLength(_body, 0);
        _committed = _end = -1;
    }));

    public ValueTask DisposeAsync()
    {
        try
        {
            // Optional: frees the space of bytes that were never acknowledged.
            if (_end > _committed)
                RandomAccess.SetLength(_body, _committed);
        }
        catch (IOException)
        {
            // The next writer overwrites them.
        }
        finally
        {
            _body.Dispose();
        }

        return default;
    }

    private void Replace(byte[] checkpoint)
    {
        var next = _checkpointPath + ".next";
        using (var file = File.OpenHandle(next, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            RandomAccess.Write(file, checkpoint, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(next, _checkpointPath, overwrite: true);
        DurableDirectory.Flush(_folder);
    }
}
