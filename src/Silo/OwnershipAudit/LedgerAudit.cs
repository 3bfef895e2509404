using Replays.Data.OwnershipAudit;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Silo.OwnershipAudit;

/// <summary>One patient's ledger against their consultations. Of each row only what the comparison needs is kept.</summary>
internal sealed class LedgerAudit(PatientId patient, Findings findings)
{
    private const int WrappedKeyBytes = 60;

    private readonly SortedSet<int> _numbers = [];
    private readonly Dictionary<RecordingNumber, ReplayFacts> _replays = [];
    private readonly Dictionary<RecordingNumber, RecordingFacts> _recordings = [];
    private readonly HashSet<int> _consultations = [];
    private readonly List<MediaRecord> _references = [];
    private int _lastPage;

    /// <summary>A row is another's or can't be read: what is missing because of it is not said a second time.</summary>
    public bool Incomplete { get; set; }
    public int Pages { get; private set; }

    public int Consultations => _numbers.Count;

    public int Replays => _replays.Count;

    public void Add(LedgerPage page, NumberedRow row)
    {
        (Pages, _lastPage) = (Pages + 1, Math.Max(_lastPage, row.Number));
        if (page.Owner != row.Key)
        {
            Incomplete = true;
            findings.AddMisfiled(row.Key, page.Owner);
            AddReference(page.Entries.SelectMany(entry => entry.Replays).Select(replay => replay.ObjectKey));
            return;
        }
        var last = 0;
        foreach (var entry in page.Entries)
        {
            var (name, number) = (entry.Name.Name, entry.Name.Number);
            if (entry.Name.Patient != patient)
            {
                findings.Add(FindingKinds.EntryOwner, name, $"in {row.Key}");
                AddReference(entry.Replays.Select(replay => replay.ObjectKey));
                continue;
            }
            if (!_numbers.Add(number) || LedgerPage.PageNumberOf(number) != row.Number || number <= last)
                findings.Add(FindingKinds.EntryPlace, name, $"in {row.Key}");
            last = number;
            var lastOrdinal = 0;
            foreach (var replay in entry.Replays)
            {
                if (replay.Name.Consultation != entry.Name)
                {
                    findings.Add(FindingKinds.ReplayOwner, replay.Name.Name, $"in {row.Key}, entry {number}");
                    AddReference([replay.ObjectKey]);
                    continue;
                }
                var ordinal = replay.Name.Ordinal;
                if (ordinal <= lastOrdinal)
                    findings.Add(FindingKinds.ReplayPlace, replay.Name.Name, $"in {row.Key}");
                lastOrdinal = ordinal;
                if (replay.WrappedKey is null ? replay.Withdrawal is null : replay.WrappedKey.Length != WrappedKeyBytes)
                    findings.Add(FindingKinds.ReplayKey, replay.Name.Name);
                if (!MediaObjectKey.IsValid(replay.ObjectKey))
                    findings.Add(FindingKinds.ReplayMedia, replay.Name.Name, "no object key");
                else
                    _replays.TryAdd(new(number, ordinal), new(MediaRecord.KeyOf(replay.ObjectKey), replay.SizeBytes, Digest(replay.WrappedKey)));
            }
        }
    }

    public void Add(ConsultationState consultation, NumberedRow row)
    {
        if (consultation.Owner != row.Key)
        {
            Incomplete = true;
            findings.AddMisfiled(row.Key, consultation.Owner);
            AddReference(consultation.Recordings.Select(recording => recording.ObjectKey));
            return;
        }
        _consultations.Add(row.Number);
        foreach (var recording in consultation.Recordings)
        {
            var gone = recording.Status is RecordingStatus.Discarded && consultation.Status is ConsultationStatus.Settled;
            _recordings.TryAdd(
                new(row.Number, recording.Ordinal), new(recording.Status, gone, MediaRecord.KeyOf(recording.ObjectKey), Digest(recording.WrappedKey)));
        }
    }

    /// <summary>Compares what was added.</summary>
    /// <param name="head">The patient's head; null: there is none, or none that could be read.</param>
    /// <param name="erasing">Whether the patient is being erased.</param>
    /// <param name="hasKey">Whether the patient has a key.</param>
    /// <returns>The media that are referred to.</returns>
    public List<MediaRecord> Compare(LedgerHeader? head, bool erasing, bool hasKey)
    {
        Incomplete |= erasing;
        if (!Incomplete)
        {
            if (_lastPage > (head?.LastPage ?? 0))
                findings.Add(FindingKinds.PatientHead, patient.Name, $"knows of pages up to {head?.LastPage ?? 0}");
            CompareNumbers(head);
        }
        CompareReplays(erasing);
        if (!hasKey && !erasing && _replays.Values.Any(replay => replay.WrappedKey != 0))
            findings.Add(FindingKinds.PatientKeyMissing, patient.Name);
        return _references;
    }

    /// <summary>
    /// Numbers are given without a gap, and the head is written before the page: only the last may still be empty. Those up to what was
    /// once erased are gone.
    /// </summary>
    private void CompareNumbers(LedgerHeader? head)
    {
        var erased = head?.LastErasedNumber ?? 0;
        var last = Math.Max(Math.Max(erased, _numbers.Max), head is null or { LastPage: 0 } ? 0 : head.LastPage * LedgerPage.Size - 1);
        var lost = last - erased - _numbers.Count;
        if (lost == 0)
            return;
        var number = erased + 1;
        foreach (var there in _numbers)
        {
            if (there != number)
                break;
            number++;
        }
        findings.Add(FindingKinds.EntryMissing, patient.Consultation(number).Name, $"{lost} in all");
    }

    private void CompareReplays(bool erasing)
    {
        foreach (var (number, replay) in _replays)
        {
            var known = _recordings.GetValueOrDefault(number);
            // What is wrong already is not looked for in the store as well.
            var must = replay.WrappedKey != 0 && !erasing;
            if (known is null or { Status: RecordingStatus.Discarded })
            {
                if (known is not null || !Incomplete)
                    findings.Add(FindingKinds.ReplayUnknown, Name(number), known is null ? null : "discarded by its consultation");
                must = false;
            }
            else if (known.ObjectKey != replay.ObjectKey)
            {
                findings.Add(FindingKinds.ReplayMedia, Name(number), "another object");
                must = false;
            }
            else if (known.WrappedKey != replay.WrappedKey && known.WrappedKey != 0 && replay.WrappedKey != 0)
                findings.Add(FindingKinds.ReplayMedia, Name(number), "another data key");
            _references.Add(must
                ? new(replay.ObjectKey, replay.SizeBytes, MediaRecord.MustBe, patient.GetHashCode())
                : new(replay.ObjectKey, MediaRecord.AnySize, MediaRecord.MayBe));
        }
        foreach (var (number, recording) in _recordings)
        {
            var listed = _replays.TryGetValue(number, out var replay);
            if (!listed && recording.Status is RecordingStatus.Available && !Incomplete)
                findings.Add(FindingKinds.ReplayMissing, Name(number));
            if (!recording.Gone && !(listed && replay!.ObjectKey == recording.ObjectKey))
                _references.Add(new(recording.ObjectKey, MediaRecord.AnySize, MediaRecord.MayBe));
        }
        foreach (var number in _consultations)
        {
            if (!_numbers.Contains(number) && !Incomplete)
                findings.Add(FindingKinds.ConsultationUnknown, patient.Consultation(number).Name);
        }
    }

    /// <summary>Objects that somebody refers to, though not from where they should.</summary>
    private void AddReference(IEnumerable<string> objectKeys) =>
        _references.AddRange(objectKeys.Where(MediaObjectKey.IsValid).Select(key => new MediaRecord(MediaRecord.KeyOf(key), MediaRecord.AnySize, MediaRecord.MayBe)));

    private string Name(RecordingNumber number) => patient.Consultation(number.Consultation).Recording(number.Ordinal).Name;

    /// <summary>Tells two of one recording apart. 0: none.</summary>
    private static int Digest(byte[]? wrapped)
    {
        if (wrapped is not { Length: > 0 })
            return 0;
        var hash = new HashCode();
        hash.AddBytes(wrapped);
        return hash.ToHashCode() | 1;
    }

    private readonly record struct RecordingNumber(int Consultation, int Ordinal);

    private sealed record ReplayFacts(UInt128 ObjectKey, long SizeBytes, int WrappedKey);

    private sealed record RecordingFacts(RecordingStatus Status, bool Gone, UInt128 ObjectKey, int WrappedKey);
}
