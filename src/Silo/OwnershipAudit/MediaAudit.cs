using System.Data.Common;
using Orleans.Serialization;
using Replays.Data.OwnershipAudit;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Media.Stores;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// Every reference to media against every object of the store. What does not fit is looked at once more, as it is by then: what was withdrawn,
/// destroyed or erased meanwhile is no finding.
/// </summary>
internal sealed class MediaAudit(DbDataSource database, string serviceId, IMediaStore media, StoredStates states, Findings findings) : IDisposable
{
    /// <summary>Looked at once more together: each batch reads the keys of all pages once.</summary>
    private const int MaxMismatches = 20_000;

    private const int ConcurrentRechecks = 8;

    private readonly MediaReconciler _match = new();

    /// <summary>Adds what somebody refers to. By any thread.</summary>
    public void AddReference(List<MediaRecord> references) => _match.AddReference(references);

    /// <summary>Adds all that the store has.</summary>
    /// <param name="old">What changed before then is older than any upload may take.</param>
    /// <returns>How many objects there are.</returns>
    public async Task<long> ListObjects(DateTimeOffset old, CancellationToken cancellation)
    {
        await foreach (var listed in media.List(cancellation))
            _match.AddObject(new(MediaRecord.KeyOf(listed.ObjectKey), listed.BodyBytes, listed.ModifiedAt < old ? MediaRecord.Old : MediaRecord.Young));
        return _match.Objects;
    }

    /// <exception cref="MediaStoreEmptyException">Nothing of all that is referred to is there.</exception>
    public async Task Compare(CancellationToken cancellation)
    {
        if (_match is { Objects: 0, Must: > 0 })
            throw new MediaStoreEmptyException(_match.Must);
        foreach (var some in Misfits().Chunk(MaxMismatches))
            await Recheck(some, cancellation);

        IEnumerable<MediaRecord> Misfits()
        {
            foreach (var (kind, record) in _match.Compare())
            {
                cancellation.ThrowIfCancellationRequested();
                if (kind == FindingKinds.MediaUnreferenced)
                    findings.Add(kind, $"media/{MediaRecord.NameOf(record.Key)}");
                else
                    yield return record;
            }
        }
    }

    public void Dispose() => _match.Dispose();

    /// <summary>First the store, then the pages, which also say whose the objects are: a reference goes before its object does.</summary>
    private async Task Recheck(MediaRecord[] misfits, CancellationToken cancellation)
    {
        var found = misfits.Select(misfit => misfit.Key).Distinct().ToDictionary(key => key, _ => new Mismatch());
        await Parallel.ForEachAsync(found, new ParallelOptions { MaxDegreeOfParallelism = ConcurrentRechecks, CancellationToken = cancellation },
            async (misfit, giveUp) => misfit.Value.Bytes = await SizeOf(MediaRecord.NameOf(misfit.Key), giveUp));

        await using var snapshot = await AuditSnapshot.Open(database, serviceId, cancellation);
        var erased = await snapshot.ReadErasedPatients(cancellation);
        var patients = misfits.Select(misfit => misfit.Patient).ToHashSet();
        await foreach (var row in snapshot.Keys(LedgerPage.StateName, cancellation))
        {
            if (!StoredStates.TryKey(row, "pages", out var own) || !patients.Contains(own.Patient.GetHashCode()))
                continue;
            foreach (var replay in Replays(row.Key, await snapshot.State(LedgerPage.StateName, row.Key, cancellation)))
            {
                if (found.TryGetValue(MediaRecord.KeyOf(replay.ObjectKey), out var misfit) && !await IsErasing(replay.Name.Patient))
                    misfit.References[replay.Name] = replay.SizeBytes;
            }
        }
        foreach (var misfit in found.Values)
            AddFinding(misfit);

        async Task<bool> IsErasing(PatientId patient) =>
            erased.Contains(patient.Name)
            || Read(states.Heads, await snapshot.State(StoredStates.Head, patient.Name, cancellation)) is { IsErasing: true };
    }

    private void AddFinding(Mismatch misfit)
    {
        foreach (var (replay, bytes) in misfit.References)
        {
            if (misfit.References.Count > 1)
                findings.Add(FindingKinds.MediaShared, replay.Name);
            else if (misfit.Bytes is not { } stored)
                findings.Add(FindingKinds.MediaMissing, replay.Name);
            else if (!MediaReconciler.HasExpectedLength(stored, bytes))
                findings.Add(FindingKinds.MediaSize, replay.Name);
        }
    }

    /// <returns>How long its body is; null: it is not there.</returns>
    private async Task<long?> SizeOf(string objectKey, CancellationToken cancellation)
    {
        await using var body = await media.OpenBody(objectKey, cancellation);
        return body?.Length;
    }

    /// <summary>What lies where it belongs: the rest has been found already.</summary>
    private IEnumerable<Replay> Replays(string page, byte[]? payload) =>
        from entry in Read(states.Pages, payload)?.Entries ?? []
        where LedgerPage.PageKey(entry.Name.Patient, LedgerPage.PageNumberOf(entry.Name.Number)) == page
        from replay in entry.Replays
        where replay.Name.Consultation == entry.Name && replay.WrappedKey is not null && MediaObjectKey.IsValid(replay.ObjectKey)
        select replay;

    /// <summary>What can't be read has been found to be unreadable already.</summary>
    private static T? Read<T>(Serializer<T> serializer, byte[]? payload) where T : class
    {
        try
        {
            return payload is null ? null : StoredStates.Read(serializer, payload);
        }
        catch (Exception)
        {
            return null;
        }
    }

    private sealed class Mismatch
    {
        public Dictionary<RecordingId, long> References { get; } = [];
        public long? Bytes { get; set; }
    }
}
