using System.Runtime.CompilerServices;

namespace Replays.Media.FileSystem;

/// <summary>
/// Media on a file system: <c>{directory}/{first two characters}/{object key}/</c> with the files <c>media</c> and <c>checkpoint</c>.
/// The writer holds the operating system's lock on <c>media</c>, which works between processes and ends with them.
/// </summary>
internal sealed class FileSystemMediaStore(string directory) : IMediaStore
{
    internal const string Body = "media", Checkpoint = "checkpoint", Trash = ".deleted", Owner = ".owner";

    private readonly string _root = Path.GetFullPath(directory);

    public async Task<byte[]?> ReadCheckpoint(string objectKey, CancellationToken cancellation)
    {
        var path = Path.Combine(Folder(objectKey), Checkpoint);
        try
        {
            return await FileSystemErrors.TranslateAsync(() => File.ReadAllBytesAsync(path, cancellation));
        }
        catch (MediaStoreException e) when (FileSystemErrors.IsMissing(e))
        {
            return null;
        }
    }

    public Task<IMediaWriter> OpenWriter(string objectKey, CancellationToken cancellation) => FileSystemErrors.Translate(() =>
    {
        var folder = Folder(objectKey);
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DurableDirectory.Flush(Path.GetDirectoryName(folder)!);
            DurableDirectory.Flush(_root);
        }

        return Task.FromResult<IMediaWriter>(FileSystemMediaWriter.Open(folder));
    });

    public Task<IMediaBody?> OpenBody(string objectKey, CancellationToken cancellation)
    {
        var path = Path.Combine(Folder(objectKey), Body);
        try
        {
            return FileSystemErrors.Translate(() => Task.FromResult<IMediaBody?>(new FileSystemMediaBody(path)));
        }
        catch (MediaStoreException e) when (FileSystemErrors.IsMissing(e))
        {
            return Task.FromResult<IMediaBody?>(null);
        }
    }

    public Task Delete(string objectKey, CancellationToken cancellation)
    {
        var folder = Folder(objectKey);
        var trash = Path.Combine(_root, Trash, objectKey);
        try
        {
            FileSystemErrors.Translate(() =>
            {
                if (Directory.Exists(folder))
                {
                    // Renaming first prevents further commits, and a crash leaves nothing that looks like an object.
                    DeleteIfExists(trash);
                    Directory.CreateDirectory(Path.GetDirectoryName(trash)!);
                    Directory.Move(folder, trash);
                    DurableDirectory.Flush(Path.GetDirectoryName(folder)!);
                }

                DeleteIfExists(trash);
            });
        }
        catch (MediaStoreException e) when (e.InnerException is DirectoryNotFoundException)
        {
            // A concurrent call deleted it.
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<MediaObjectInfo> List([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask; // The interface is asynchronous for S3; a directory walk is not.
        if (!Directory.Exists(_root))
            yield break;

        // Includes the trash that a crash left: it still takes space, and deleting the object again removes it.
        foreach (var shard in Directory.EnumerateDirectories(_root))
        {
            if (Path.GetFileName(shard) is not { Length: 2 } and not Trash)
                continue;

            foreach (var folder in Directory.EnumerateDirectories(shard))
            {
                cancellation.ThrowIfCancellationRequested();
                if (Path.GetFileName(folder) is var key && MediaObjectKey.IsValid(key) && Describe(key, folder) is { } info)
                    yield return info;
            }
        }
    }

    public Task<bool> Claim(string deployment, CancellationToken cancellation) => FileSystemErrors.TranslateAsync(async () =>
    {
        var file = Path.Combine(_root, Owner);
        if (!File.Exists(file))
        {
            // The rename is atomic: of two concurrent claims the second fails.
            var next = $"{file}-{Guid.NewGuid():N}";
            Directory.CreateDirectory(_root);
            await File.WriteAllTextAsync(next, deployment, cancellation);
            File.Move(next, file);
        }

        return await File.ReadAllTextAsync(file, cancellation) == deployment;
    });

    public Task Probe(CancellationToken cancellation) => FileSystemErrors.TranslateAsync(async () =>
    {
        var file = Path.Combine(_root, $".probe-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_root);
        await File.WriteAllBytesAsync(file, [1], cancellation);
        File.Delete(file);
        return true;
    });

    /// <summary>Looks the body up by name: enumerating every folder of a large store takes three times as long.</summary>
    private static MediaObjectInfo? Describe(string key, string folder)
    {
        try
        {
            var body = new FileInfo(Path.Combine(folder, Body));
            if (body.Exists)
                return new(key, body.Length, body.LastWriteTimeUtc);

            var checkpoint = new FileInfo(Path.Combine(folder, Checkpoint));
            FileSystemInfo remaining = checkpoint.Exists ? checkpoint : new DirectoryInfo(folder);
            return remaining.Exists ? new(key, 0, remaining.LastWriteTimeUtc) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // deleted meanwhile
        }
    }

    private static void DeleteIfExists(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private string Folder(string objectKey) => Path.Combine(_root, MediaObjectKey.Require(objectKey)[..2], objectKey);
}
