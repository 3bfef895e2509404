using System.Data.Common;
using Orleans.Serialization;
using Replays.Data.OwnershipAudit;
using Replays.Grains.Patients;
using Replays.Media.Stores;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// Compares all references to media with all objects in the store. Rechecks mismatches against the current state, so that concurrent
/// withdrawals and erasures cause no findings.
/// </summary>
internal sealed class MediaAudit(
    DbDataSource database, string serviceId, IMediaStore media, StoredStates states, Findings findings) : IDisposable
{
    /// <summary>Mismatches rechecked together. Each batch scans the keys of all ledger pages.</summary>
    private const int MaxMismatches = 20_000;

    private const int ConcurrentRechecks = 8;

    private readonly MediaReconciler _reconciler = new();

    /// <summary>Adds references. Thread-safe.</summary>
    public void AddReference(List<MediaRecord> references) => _reconciler.AddReference(references);

    /// <summary>Adds all objects in the store and returns their number.</summary>
    /// <param name="uploadCutoff">Objects last modified earlier are older than any upload in progress.</param>
    public async Task<long> ListObjects(DateTimeOffset uploadCutoff, CancellationToken cancellation)
    {
        await foreach (var listed in media.List(cancellation))
        {
            _reconciler.AddObject(new(
                MediaRecord.KeyOf(listed.ObjectKey), listed.BodyBytes,
                listed.ModifiedAt < uploadCutoff ? MediaRecord.Old : MediaRecord.Young));
        }
        return _reconciler.Objects;
    }

    /// <exception cref="MediaStoreEmptyException">All referenced objects are missing.</exception>
    public async Task Compare(CancellationToken cancellation)
    {
        if (_reconciler is { Objects: 0, Required: > 0 })
            throw new MediaStoreEmptyException(_reconciler.Required);
        foreach (var batch in Mismatches().Chunk(MaxMismatches))
            await Recheck(batch, cancellation);

        IEnumerable<MediaRecord> Mismatches()
        {
            foreach (var (kind, record) in _reconciler.Compare())
            {
                cancellation.ThrowIfCancellationRequested();
                if (kind == FindingKinds.MediaUnreferenced)
                    findings.Add(kind, $"media/{MediaRecord.NameOf(record.Key)}");
                else
                    yield return record;
            }
        }
    }

    public void Dispose() => _reconciler.Dispose();

    /// <summary>Reads the store before the ledger pages, because a reference is deleted before its object.</summary>
    private async Task Recheck(MediaRecord[] records, CancellationToken cancellation)
    {
        var mismatches = records.Select(record => record.Key).Distinct().ToDictionary(key => key, _ => new Mismatch());
        await Parallel.ForEachAsync(
            mismatches,
            new ParallelOptions { MaxDegreeOfParallelism = ConcurrentRechecks, CancellationToken = cancellation },
            async (mismatch, abort) => mismatch.Value.Bytes = await GetLength(MediaRecord.NameOf(mismatch.Key), abort));

        await using var snapshot = await AuditSnapshot.Open(database, serviceId, cancellation);
        var erased = await snapshot.ReadErasedPatients(cancellation);
        var patients = records.Select(record => record.Patient).ToHashSet();
        await foreach (var row in snapshot.Keys(LedgerPage.StateName, cancellation))
        {
            if (!StoredStates.TryParseKey(row, "pages", out var parsed) || !patients.Contains(parsed.Patient.GetHashCode()))
                continue;
            foreach (var replay in Replays(row.Key, Read(states.Pages, await snapshot.State(LedgerPage.StateName, row.Key, cancellation))))
            {
                if (mismatches.TryGetValue(MediaRecord.KeyOf(replay.ObjectKey), out var mismatch) && !await IsErasing(replay.Name.Patient))
                    mismatch.References[replay.Name] = replay.SizeBytes;
            }
        }
        foreach (var mismatch in mismatches.Values)
            AddFinding(mismatch);

        async Task<bool> IsErasing(PatientId patient) =>
            erased.Contains(patient.Name)
            || Read(states.Headers, await snapshot.State(StoredStates.Header, patient.Name, cancellation)) is { IsErasing: true };
    }

    private void AddFinding(Mismatch mismatch)
    {
        foreach (var (replay, bytes) in mismatch.References)
        {
            if (mismatch.References.Count > 1)
                findings.Add(FindingKinds.MediaShared, replay.Name);
            else if (mismatch.Bytes is not { } stored)
                findings.Add(FindingKinds.MediaMissing, replay.Name);
            else if (!MediaReconciler.HasExpectedLength(stored, bytes))
                findings.Add(FindingKinds.MediaSize, replay.Name);
        }
    }

    private async Task<long?> GetLength(string objectKey, CancellationToken cancellation)
    {
        await using var body = await media.OpenBody(objectKey, cancellation);
        return body?.Length;
    }

    /// <summary>Returns only consistent replays. The ledger audit has already reported the others.</summary>
    private static IEnumerable<Replay> Replays(string pageKey, LedgerPage? page) =>
        from entry in page?.Entries ?? []
        where LedgerPage.PageKey(entry.Name.Patient, LedgerPage.PageNumberOf(entry.Name.Number)) == pageKey
        from replay in entry.Replays
        where replay.Name.Consultation == entry.Name && replay.WrappedKey is not null && MediaObjectKey.IsValid(replay.ObjectKey)
        select replay;

    private static T? Read<T>(Serializer<T> serializer, byte[]? payload) where T : class =>
        payload is null ? null : StoredStates.TryRead(serializer, payload);

    private sealed class Mismatch
    {
        public Dictionary<RecordingId, long> References { get; } = [];
        public long? Bytes { get; set; }
    }
}
