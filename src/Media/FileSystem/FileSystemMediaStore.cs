using System.Runtime.CompilerServices;
using Replays.Grains.Identity;
using Replays.Media.Stores;

namespace Replays.Media.FileSystem;

/// <summary>
/// Media on a file system: <c>{directory}/{first two characters}/{object key}/</c> with the files <c>media</c> and <c>checkpoint</c>.
/// The writer's lock is the operating system's on <c>media</c>, so it holds between processes and ends with them.
/// </summary>
public sealed class FileSystemMediaStore(string directory) : IMediaStore
{
    internal const string Body = "media", Checkpoint = "checkpoint", Trash = ".deleted", Owner = ".owner";

    private readonly string _root = Path.GetFullPath(directory);

    public async Task<byte[]?> ReadCheckpoint(string objectKey, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(Path.Combine(Folder(objectKey), Checkpoint), cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (FileSystemMediaWriter.ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    }

    public Task<IMediaWriter> OpenWriter(string objectKey, CancellationToken cancellationToken)
    {
        var folder = Folder(objectKey);
        try
        {
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                DurableDirectory.Flush(Path.GetDirectoryName(folder)!);
                DurableDirectory.Flush(_root);
            }

            return Task.FromResult<IMediaWriter>(FileSystemMediaWriter.Open(folder));
        }
        catch (Exception e) when (FileSystemMediaWriter.ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    }

    public Task<IMediaBody?> OpenBody(string objectKey, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<IMediaBody?>(new FileSystemMediaBody(Path.Combine(Folder(objectKey), Body)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<IMediaBody?>(null);
        }
        catch (Exception e) when (FileSystemMediaWriter.ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    }

    public Task Delete(string objectKey, CancellationToken cancellationToken)
    {
        var folder = Folder(objectKey);
        var trash = Path.Combine(_root, Trash, objectKey);
        try
        {
            if (Directory.Exists(folder))
            {
                // Renamed first: from then on nothing can be committed into it, and a crash leaves nothing that looks like an object.
                RemoveIfThere(trash);
                Directory.CreateDirectory(Path.GetDirectoryName(trash)!);
                Directory.Move(folder, trash);
                DurableDirectory.Flush(Path.GetDirectoryName(folder)!);
            }

            RemoveIfThere(trash);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else deleted it at the same moment.
        }
        catch (Exception e) when (FileSystemMediaWriter.ToStoreException(e) is { } problem)
        {
            throw problem;
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<MediaObjectInfo> List([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask; // a directory walk is synchronous: the interface is not, for S3's sake
        if (!Directory.Exists(_root))
            yield break;

        // What a crash kept from being removed is listed as well: it still takes room, and deleting it again removes it.
        foreach (var shard in Directory.EnumerateDirectories(_root))
        {
            if (Path.GetFileName(shard) is not { Length: 2 } and not Trash)
                continue;

            foreach (var folder in Directory.EnumerateDirectories(shard))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Path.GetFileName(folder) is var key && MediaObjectKey.IsValid(key) && Describe(key, folder) is { } info)
                    yield return info;
            }
        }
    }

    public async Task<bool> Claim(string deployment, CancellationToken cancellationToken)
    {
        var file = Path.Combine(_root, Owner);
        try
        {
            if (!File.Exists(file))
            {
                // Whole or not at all; of two at once the second fails.
                var next = $"{file}-{Guid.NewGuid():N}";
                Directory.CreateDirectory(_root);
                await File.WriteAllTextAsync(next, deployment, cancellationToken);
                File.Move(next, file);
            }

            return await File.ReadAllTextAsync(file, cancellationToken) == deployment;
        }
        catch (Exception e) when (FileSystemMediaWriter.ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    }

    public async Task Probe(CancellationToken cancellationToken)
    {
        var file = Path.Combine(_root, $".probe-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(_root);
            await File.WriteAllBytesAsync(file, [1], cancellationToken);
            File.Delete(file);
        }
        catch (Exception e) when (FileSystemMediaWriter.ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    }

    /// <summary>Asks for its body by its name: to look into every folder of a large store takes three times as long.</summary>
    private static MediaObjectInfo? Describe(string key, string folder)
    {
        try
        {
            var body = new FileInfo(Path.Combine(folder, Body));
            if (body.Exists)
                return new(key, body.Length, body.LastWriteTimeUtc);

            var checkpoint = new FileInfo(Path.Combine(folder, Checkpoint));
            FileSystemInfo left = checkpoint.Exists ? checkpoint : new DirectoryInfo(folder);
            return left.Exists ? new(key, 0, left.LastWriteTimeUtc) : null; // deleted while it was looked at
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static void RemoveIfThere(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private string Folder(string objectKey)
    {
        MediaObjectKey.Require(objectKey);
        return Path.Combine(_root, objectKey[..2], objectKey);
    }
}
