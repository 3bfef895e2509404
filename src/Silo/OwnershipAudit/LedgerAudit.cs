using Replays.Data.OwnershipAudit;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Compares a patient's ledger with their consultations. Keeps only what the comparison needs.</summary>
internal sealed class LedgerAudit(PatientId patient, Findings findings)
{
    private const int WrappedKeyBytes = 60;

    private readonly SortedSet<int> _numbers = [];
    private readonly Dictionary<RecordingNumber, ReplayFacts> _replays = [];
    private readonly Dictionary<RecordingNumber, RecordingFacts> _recordings = [];
    private readonly HashSet<int> _consultations = [];
    private readonly List<MediaRecord> _references = [];
    private int _lastPage;

    /// <summary>A row is unreadable or another owner's. While set, findings that would only be consequences are suppressed.</summary>
    public bool IsIncomplete { get; set; }
    public int Pages { get; private set; }

    public int Consultations => _numbers.Count;
    public int Replays => _replays.Count;

    public void Add(LedgerPage page, NumberedRow row)
    {
        (Pages, _lastPage) = (Pages + 1, Math.Max(_lastPage, row.Number));
        if (page.Owner != row.Key)
        {
            IsIncomplete = true;
            findings.AddWrongOwner(row.Key, page.Owner);
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
                    findings.Add(FindingKinds.ReplayMedia, replay.Name.Name, "invalid object key");
                else
                    _replays.TryAdd(
                        new(number, ordinal), new(MediaRecord.KeyOf(replay.ObjectKey), replay.SizeBytes, Digest(replay.WrappedKey)));
            }
        }
    }

    public void Add(ConsultationState consultation, NumberedRow row)
    {
        if (consultation.Owner != row.Key)
        {
            IsIncomplete = true;
            findings.AddWrongOwner(row.Key, consultation.Owner);
            AddReference(consultation.Recordings.Select(recording => recording.ObjectKey));
            return;
        }
        _consultations.Add(row.Number);
        foreach (var recording in consultation.Recordings)
        {
            var isGone = recording.Status is RecordingStatus.Discarded && consultation.Status is ConsultationStatus.Settled;
            _recordings.TryAdd(
                new(row.Number, recording.Ordinal),
                new(recording.Status, isGone, MediaRecord.KeyOf(recording.ObjectKey), Digest(recording.WrappedKey)));
        }
    }

    /// <summary>Compares the added rows.</summary>
    /// <param name="header">The ledger header; null if it is missing or unreadable.</param>
    /// <returns>All references to media.</returns>
    public List<MediaRecord> Compare(LedgerHeader? header, bool isErasing, bool hasKey)
    {
        IsIncomplete |= isErasing;
        if (!IsIncomplete)
        {
            if (_lastPage > (header?.LastPage ?? 0))
                findings.Add(FindingKinds.PatientHead, patient.Name, $"last page in the header: {header?.LastPage ?? 0}");
            CompareNumbers(header);
        }
        CompareReplays(isErasing);
        if (!hasKey && !isErasing && _replays.Values.Any(replay => replay.WrappedKey != 0))
            findings.Add(FindingKinds.PatientKeyMissing, patient.Name);
        return _references;
    }

    /// <summary>Checks for gaps after the last erased number. The last page may not exist yet: the header is written first.</summary>
    private void CompareNumbers(LedgerHeader? header)
    {
        var erased = header?.LastErasedNumber ?? 0;
        var last = Math.Max(Math.Max(erased, _numbers.Max), header is null or { LastPage: 0 } ? 0 : header.LastPage * LedgerPage.Size - 1);
        var missing = last - erased - _numbers.Count;
        if (missing == 0)
            return;
        var number = erased + 1;
        foreach (var existing in _numbers)
        {
            if (existing != number)
                break;
            number++;
        }
        findings.Add(FindingKinds.EntryMissing, patient.Consultation(number).Name, $"{missing} in total");
    }

    private void CompareReplays(bool isErasing)
    {
        foreach (var (number, replay) in _replays)
        {
            var known = _recordings.GetValueOrDefault(number);
            // A replay with a finding is not also checked against the store.
            var required = replay.WrappedKey != 0 && !isErasing;
            if (known is null or { Status: RecordingStatus.Discarded })
            {
                if (known is not null || !IsIncomplete)
                    findings.Add(FindingKinds.ReplayUnknown, Name(number), known is null ? null : "discarded by its consultation");
                required = false;
            }
            else if (known.ObjectKey != replay.ObjectKey)
            {
                findings.Add(FindingKinds.ReplayMedia, Name(number), "different object");
                required = false;
            }
            else if (known.WrappedKey != replay.WrappedKey && known.WrappedKey != 0 && replay.WrappedKey != 0)
                findings.Add(FindingKinds.ReplayMedia, Name(number), "different data key");
            _references.Add(required
                ? new(replay.ObjectKey, replay.SizeBytes, MediaRecord.Required, patient.GetHashCode())
                : MediaRecord.OptionalReference(replay.ObjectKey));
        }
        foreach (var (number, recording) in _recordings)
        {
            var isListed = _replays.TryGetValue(number, out var replay);
            if (!isListed && recording.Status is RecordingStatus.Available && !IsIncomplete)
                findings.Add(FindingKinds.ReplayMissing, Name(number));
            if (!recording.IsDeleted && !(isListed && replay!.ObjectKey == recording.ObjectKey))
                _references.Add(MediaRecord.OptionalReference(recording.ObjectKey));
        }
        foreach (var number in _consultations.Where(number => !IsIncomplete && !_numbers.Contains(number)))
            findings.Add(FindingKinds.ConsultationUnknown, patient.Consultation(number).Name);
    }

    /// <summary>Adds references of records under another owner's key, whose objects are not orphans.</summary>
    private void AddReference(IEnumerable<string> objectKeys) =>
        _references.AddRange(objectKeys.Where(MediaObjectKey.IsValid).Select(key => MediaRecord.OptionalReference(MediaRecord.KeyOf(key))));

    private string Name(RecordingNumber number) => patient.Consultation(number.Consultation).Recording(number.Ordinal).Name;

    /// <summary>A short hash to compare a recording's wrapped keys. 0: no key.</summary>
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

    private sealed record RecordingFacts(RecordingStatus Status, bool IsDeleted, UInt128 ObjectKey, int WrappedKey);
}
