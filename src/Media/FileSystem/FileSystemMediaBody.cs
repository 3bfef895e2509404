using Microsoft.Win32.SafeHandles;

namespace Replays.Media.FileSystem;

internal sealed class FileSystemMediaBody : IMediaBody
{
    private readonly SafeFileHandle _file;

    public FileSystemMediaBody(string path)
    {
        // Sharing blocks a reset during a read but permits deletion.
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
        Length = RandomAccess.GetLength(_file);
    }

    public long Length { get; }

    public async ValueTask ReadExactly(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            while (buffer.Length > 0)
            {
                var read = await RandomAccess.ReadAsync(_file, buffer, offset, cancellation);
                if (read == 0)
                    throw new EndOfStreamException();

                offset += read;
                buffer = buffer[read..];
            }
        }
        catch (Exception e) when (e is not EndOfStreamException && FileSystemErrors.ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return default;
    }
}
