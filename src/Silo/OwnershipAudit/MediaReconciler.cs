using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Replays.Data.OwnershipAudit;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// All references against all objects in bounded memory: both are dealt into 64 parts by their (random) keys, in temporary files that hold nothing
/// but keys and sizes; then part by part is sorted and compared. 100 million recordings take 6.4 GB of disk and 100 MB of memory.
/// </summary>
internal sealed class MediaReconciler : IDisposable
{
    private const int Parts = 64;

    /// <summary>Segments as media are encrypted in, with the tag that each has.</summary>
    private const int SegmentBytes = 64 * 1024, TagBytes = 16;

    private readonly System.Threading.Lock _lock = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("replays-audit-");
    private readonly SpillFile[] _references, _objects;

    public MediaReconciler() => (_references, _objects) = (Open("references"), Open("objects"));

    /// <summary>How many objects must be there.</summary>
    public long Must { get; private set; }

    /// <summary>How many objects there are.</summary>
    public long Objects { get; private set; }

    public void AddReference(List<MediaRecord> references)
    {
        lock (_lock)
        {
            foreach (var reference in references)
            {
                _references[PartOf(reference.Key)].Add(reference);
                Must += reference.Flag == MediaRecord.MustBe ? 1 : 0;
            }
        }
    }

    public void AddObject(MediaRecord listed)
    {
        _objects[PartOf(listed.Key)].Add(listed);
        Objects++;
    }

    /// <summary>Compares, and tells what does not fit: the kind of finding, and each reference that must be, or the object that nobody refers to.</summary>
    public IEnumerable<(string Kind, MediaRecord Record)> Compare()
    {
        for (var part = 0; part < Parts; part++)
        {
            var misfits = new List<(string, MediaRecord)>();
            Compare(_references[part].Sorted(), _objects[part].Sorted(), (kind, record) => misfits.Add((kind, record)));
            foreach (var misfit in misfits)
                yield return misfit;
        }
    }

    /// <summary>Whether a body of that length is the one of a replay of this one.</summary>
    public static bool HasExpectedLength(long stored, long plaintext) =>
        stored == plaintext + Math.Max(1, (plaintext + SegmentBytes - 1) / SegmentBytes) * TagBytes;

    public void Dispose()
    {
        foreach (var spill in _references.Concat(_objects))
            spill.Dispose();
        _directory.Delete(recursive: true);
    }

    private static void Compare(ReadOnlySpan<MediaRecord> references, ReadOnlySpan<MediaRecord> objects, Action<string, MediaRecord> misfit)
    {
        var at = 0;
        for (var i = 0; i < references.Length;)
        {
            var (first, key) = (i, references[i].Key);
            var (must, bytes) = (0, MediaRecord.AnySize);
            for (; i < references.Length && references[i].Key == key; i++)
            {
                if (references[i].Flag == MediaRecord.MustBe)
                    (must, bytes) = (must + 1, references[i].Bytes);
            }
            at = Unreferenced(objects, at, key, misfit);
            var there = at < objects.Length && objects[at].Key == key;
            var kind = must switch
            {
                0 => null,
                1 when !there => FindingKinds.MediaMissing,
                1 => HasExpectedLength(objects[at].Bytes, bytes) ? null : FindingKinds.MediaSize,
                _ => FindingKinds.MediaShared,
            };
            foreach (var reference in references[first..i])
            {
                if (kind is not null && reference.Flag == MediaRecord.MustBe)
                    misfit(kind, reference);
            }
            while (at < objects.Length && objects[at].Key == key)
                at++;
        }
        Unreferenced(objects, at, null, misfit);
    }

    /// <summary>Passes over the objects before a key.</summary>
    private static int Unreferenced(ReadOnlySpan<MediaRecord> objects, int at, UInt128? before, Action<string, MediaRecord> misfit)
    {
        for (; at < objects.Length && (before is null || objects[at].Key < before); at++)
        {
            if (objects[at].Flag == MediaRecord.Old)
                misfit(FindingKinds.MediaUnreferenced, objects[at]);
        }
        return at;
    }

    private static int PartOf(UInt128 key) => (int)(key >> 122);

    private SpillFile[] Open(string name) =>
        [.. Enumerable.Range(0, Parts).Select(part => new SpillFile(Path.Combine(_directory.FullName, $"{name}-{part}")))];

    private sealed class SpillFile(string file) : IDisposable
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

        public MediaRecord[] Sorted()
        {
            Flush();
            _file!.Position = 0;
            var all = new MediaRecord[_file.Length / Unsafe.SizeOf<MediaRecord>()];
            _file.ReadExactly(MemoryMarshal.AsBytes(all.AsSpan()));
            Array.Sort(all);
            return all;
        }

        public void Dispose() => _file?.Dispose();

        private void Flush()
        {
            _file ??= new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            _file.Write(MemoryMarshal.AsBytes(_buffer.AsSpan(0, _buffered)));
            _buffered = 0;
        }
    }
}
