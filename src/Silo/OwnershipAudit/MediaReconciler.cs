using Replays.Data.OwnershipAudit;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// Compares references and objects in bounded memory: partitions both by their random keys into temporary files, which contain only keys
/// and sizes, and sorts and merges one partition at a time. 100 million recordings take 6.4 GB of disk and 100 MB of memory.
/// </summary>
internal sealed class MediaReconciler : IDisposable
{
    private const int Partitions = 64;

    /// <summary>The segments in which media are encrypted, each followed by a tag.</summary>
    private const int SegmentBytes = 64 * 1024, TagBytes = 16;

    private readonly Lock _lock = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("replays-audit-");
    private readonly SpillFile[] _references, _objects;

    public MediaReconciler() => (_references, _objects) = (Open("references"), Open("objects"));

    /// <summary>The number of references whose object must exist.</summary>
    public long Required { get; private set; }
    public long Objects { get; private set; }

    public void AddReference(List<MediaRecord> references)
    {
        lock (_lock)
        {
            foreach (var reference in references)
            {
                _references[PartitionOf(reference.Key)].Add(reference);
                Required += reference.Flag == MediaRecord.Required ? 1 : 0;
            }
        }
    }

    public void AddObject(MediaRecord listed)
    {
        _objects[PartitionOf(listed.Key)].Add(listed);
        Objects++;
    }

    /// <summary>Returns each mismatch as kind of finding and required reference or unreferenced object.</summary>
    public IEnumerable<(string Kind, MediaRecord Record)> Compare()
    {
        for (var i = 0; i < Partitions; i++)
        {
            var mismatches = new List<(string, MediaRecord)>();
            Compare(_references[i].ReadSorted(), _objects[i].ReadSorted(), (kind, record) => mismatches.Add((kind, record)));
            foreach (var mismatch in mismatches)
                yield return mismatch;
        }
    }

    /// <summary>Whether encrypting <paramref name="plaintext"/> bytes yields <paramref name="stored"/> bytes.</summary>
    public static bool HasExpectedLength(long stored, long plaintext) =>
        stored == plaintext + Math.Max(1, (plaintext + SegmentBytes - 1) / SegmentBytes) * TagBytes;

    public void Dispose()
    {
        foreach (var spill in _references.Concat(_objects))
            spill.Dispose();
        _directory.Delete(recursive: true);
    }

    private static void Compare(ReadOnlySpan<MediaRecord> references, ReadOnlySpan<MediaRecord> objects, Action<string, MediaRecord> report)
    {
        var at = 0;
        for (var i = 0; i < references.Length;)
        {
            var (first, key) = (i, references[i].Key);
            var (required, bytes) = (0, MediaRecord.AnySize);
            for (; i < references.Length && references[i].Key == key; i++)
            {
                if (references[i].Flag == MediaRecord.Required)
                    (required, bytes) = (required + 1, references[i].Bytes);
            }
            at = SkipUnreferenced(objects, at, key, report);
            var exists = at < objects.Length && objects[at].Key == key;
            var kind = required switch
            {
                0 => null,
                1 when !exists => FindingKinds.MediaMissing,
                1 => HasExpectedLength(objects[at].Bytes, bytes) ? null : FindingKinds.MediaSize,
                _ => FindingKinds.MediaShared,
            };
            foreach (var reference in references[first..i])
            {
                if (kind is not null && reference.Flag == MediaRecord.Required)
                    report(kind, reference);
            }
            while (at < objects.Length && objects[at].Key == key)
                at++;
        }
        SkipUnreferenced(objects, at, null, report);
    }

    /// <summary>Advances to the first object at or after a key; null: to the end.</summary>
    private static int SkipUnreferenced(ReadOnlySpan<MediaRecord> objects, int at, UInt128? key, Action<string, MediaRecord> report)
    {
        for (; at < objects.Length && (key is null || objects[at].Key < key); at++)
        {
            if (objects[at].Flag == MediaRecord.Old)
                report(FindingKinds.MediaUnreferenced, objects[at]);
        }
        return at;
    }

    private static int PartitionOf(UInt128 key) => (int)(key >> 122);

    private SpillFile[] Open(string name) =>
        [.. Enumerable.Range(0, Partitions).Select(i => new SpillFile(Path.Combine(_directory.FullName, $"{name}-{i}")))];
}
