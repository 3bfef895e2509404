using Microsoft.Win32.SafeHandles;
using Replays.Media.Stores;

namespace Replays.Media.FileSystem;

/// <summary>
/// Body first, checkpoint second: fsync of the body, then the checkpoint into a file of its own, fsync, rename over the old one, fsync of the
/// folder. Whenever the machine stops, the checkpoint that is found covers only bytes that are on the disk.
/// </summary>
public sealed class FileSystemMediaWriter : IMediaWriter
{
    private readonly SafeFileHandle _body;
    private readonly string _folder;
    private long _committed = -1, _end = -1;

    private FileSystemMediaWriter(SafeFileHandle body, string folder, byte[]? checkpoint)
    {
        _body = body;
        _folder = folder;
        Checkpoint = checkpoint;
    }

    public byte[]? Checkpoint { get; private set; }

    public static FileSystemMediaWriter Open(string folder)
    {
        var path = Path.Combine(folder, FileSystemMediaStore.Body);
        var body = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        try
        {
            var checkpoint = Path.Combine(folder, FileSystemMediaStore.Checkpoint);
            return new(body, folder, File.Exists(checkpoint) ? File.ReadAllBytes(checkpoint) : null);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The typed problem behind an error of the file system; null for a defect of ours.</summary>
    public static MediaStoreException? ToStoreException(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => new(MediaStoreProblem.Unavailable, e),
        IOException { HResult: NoSpace or OverQuota or TooBig or WindowsDiskFull } => new(MediaStoreProblem.Full, e),
        IOException { HResult: WouldBlock or WindowsSharingViolation } => new(MediaStoreProblem.Busy, e),
        IOException or UnauthorizedAccessException => new(MediaStoreProblem.Unavailable, e),
        _ => null,
    };

    public ValueTask Write(long offset, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (_end < 0)
            {
                // A body shorter than its checkpoint says has lost acknowledged bytes. Writing on would leave a hole of zeros.
                if (RandomAccess.GetLength(_body) < offset)
                    throw new MediaStoreException(MediaStoreProblem.Damaged);

                _committed = offset;
            }
            else if (offset != _end)
            {
                throw new ArgumentOutOfRangeException(nameof(offset), "Media are written in order.");
            }

            // Into the operating system's cache: not worth another thread.
            RandomAccess.Write(_body, bytes.Span, offset);
            _end = offset + bytes.Length;
            return default;
        }
        catch (Exception e) when (ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    }

    public Task Commit(byte[] checkpoint)
    {
        var end = _end;
        return Task.Run(() =>
        {
            try
            {
                if (end > _committed || Checkpoint is null)
                    RandomAccess.FlushToDisk(_body);

                // Before the checkpoint: one that was put in place may stay there although that could not be made durable, and must find its bytes.
                _committed = Math.Max(end, _committed);
                Replace(checkpoint);
                Checkpoint = checkpoint;
            }
            catch (Exception e) when (ToStoreException(e) is { } problem)
            {
                throw problem;
            }
        });
    }

    public Task Complete(byte[] checkpoint)
    {
        try
        {
            // Cuts off what an interrupted writer left beyond the end.
            if (_end >= 0 && RandomAccess.GetLength(_body) > _end)
                RandomAccess.SetLength(_body, _end);
        }
        catch (Exception e) when (ToStoreException(e) is { } problem)
        {
            throw problem;
        }

        return Commit(checkpoint);
    }

    public Task Reset() => Task.Run(() =>
    {
        try
        {
            File.Delete(Path.Combine(_folder, FileSystemMediaStore.Checkpoint));
            DurableDirectory.Flush(_folder);
            Checkpoint = null;
            RandomAccess.SetLength(_body, 0);
            _committed = _end = -1;
        }
        catch (Exception e) when (ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    });

    public ValueTask DisposeAsync()
    {
        try
        {
            // Only a courtesy: gives the room back that was never acknowledged.
            if (_end > _committed)
                RandomAccess.SetLength(_body, _committed);
        }
        catch (IOException)
        {
            // The next writer overwrites it.
        }
        finally
        {
            _body.Dispose();
        }

        return default;
    }

    private void Replace(byte[] checkpoint)
    {
        var path = Path.Combine(_folder, FileSystemMediaStore.Checkpoint);
        var next = path + ".next";
        using (var file = File.OpenHandle(next, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            RandomAccess.Write(file, checkpoint, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(next, path, overwrite: true);
        DurableDirectory.Flush(_folder);
    }

    // errno of Linux, as .NET hands it on
    private const int WouldBlock = 11, TooBig = 27, NoSpace = 28, OverQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070), WindowsSharingViolation = unchecked((int)0x80070020);
}
