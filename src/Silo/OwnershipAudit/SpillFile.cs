using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Replays.Silo.OwnershipAudit;

/// <summary>A temporary file of media records.</summary>
internal sealed class SpillFile(string path) : IDisposable
{
    private readonly MediaRecord[] _buffer = new MediaRecord[256];
    private FileStream? _file;
    private int _buffered;

    public void Add(MediaRecord record)
    {
        if (_buffered == _buffer.Length)
            Flush();
        _buffer[_buffered++] = record;
    }

    public MediaRecord[] ReadSorted()
    {
        Flush();
        _file!.Position = 0;
        var records = new MediaRecord[_file.Length / Unsafe.SizeOf<MediaRecord>()];
        _file.ReadExactly(MemoryMarshal.AsBytes(records.AsSpan()));
        Array.Sort(records);
        return records;
    }

    public void Dispose() => _file?.Dispose();

    private void Flush()
    {
        _file ??= new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        _file.Write(MemoryMarshal.AsBytes(_buffer.AsSpan(0, _buffered)));
        _buffered = 0;
    }
}
