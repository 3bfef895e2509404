using System.Buffers.Binary;
using System.Security.Cryptography;
using Orleans.Serialization;
using Replays.Grains.Audit;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Media;
using Replays.Grains.Patients;

namespace Replays.Silo.Audit;

/// <summary>
/// One patient's rows against each other. They come in pieces, in any order; of each only what the comparison needs is kept, so that the
/// patient with the most replays fits.
/// </summary>
internal sealed class PatientAudit(PatientId patient, PatientRows rows, StoredStates states, Findings findings, MediaMatch media)
{
    private const int WrappedKeyBytes = 60;

    private readonly System.Threading.Lock _lock = new();
    private readonly SortedSet<int> _numbers = [];
    private readonly Dictionary<RecordingNumber, ReplayFacts> _replays = [];
    private readonly Dictionary<RecordingNumber, RecordingFacts> _recordings = [];
    private readonly HashSet<int> _consultations = [];
    private readonly List<int> _pages = [];
    private readonly List<MediaRecord> _references = [];
    private TrailAudit? _trail;
    private TrailHead? _trailHead;

    /// <summary>A row is another's or can't be read: what is missing because of it is not said a second time.</summary>
    private bool _incomplete, _trailIncomplete;
    private int _open = 1;

    /// <summary>Set when all is compared.</summary>
    public AuditChecked Checked { get; private set; } = new();

    /// <summary>How the trail ends, when it is intact and longer than an audit has seen it.</summary>
    public SealedTrail? Grown { get; private set; }

    /// <summary>A piece will come.</summary>
    public void Expect() => Interlocked.Increment(ref _open);

    /// <summary>A piece has been added, or no more will be expected. True: that was the last, and all is compared.</summary>
    public bool Done()
    {
        if (Interlocked.Decrement(ref _open) > 0)
            return false;
        lock (_lock)
            Compare();
        return true;
    }

    public void Add(IEnumerable<(PatientRowKind Kind, NumberedRow Row)> piece)
    {
        foreach (var (kind, row) in piece)
        {
            try
            {
                Add(kind, row);
            }
            catch (Exception exception) when (exception is not IOException)
            {
                // Whatever a payload does to the serializer, or lacks: it is a finding, and the others are still looked at.
                lock (_lock)
                    Unreadable(StateOf(kind), row.Key);
            }
        }
    }

    private void Add(PatientRowKind kind, NumberedRow row)
    {
        if (row.Payload is null)
            return;
        switch (kind)
        {
            case PatientRowKind.Page:
                var page = StoredStates.Read(states.Pages, row.Payload);
                lock (_lock)
                    Add(page, row);
                break;
            case PatientRowKind.Consultation:
                var consultation = StoredStates.Read(states.Consultations, row.Payload);
                lock (_lock)
                    Add(consultation, row);
                break;
            default:
                var links = StoredStates.Read(states.TrailPages, row.Payload);
                lock (_lock)
                    Add(links, row);
                break;
        }
    }

    private void Add(LedgerPage page, NumberedRow row)
    {
        _pages.Add(row.Number);
        if (page.Owner != row.Key)
        {
            _incomplete = true;
            Misfiled(row.Key, page.Owner);
            Refer(page.Entries.SelectMany(entry => entry.Replays).Select(replay => replay.ObjectKey));
            return;
        }
        var last = 0;
        foreach (var entry in page.Entries)
        {
            var (name, number) = (entry.Name.Name, entry.Name.Number);
            if (entry.Name.Patient != patient)
            {
                findings.Add(FindingKinds.EntryOwner, name, $"in {row.Key}");
                Refer(entry.Replays.Select(replay => replay.ObjectKey));
                continue;
            }
            if (!_numbers.Add(number) || LedgerPage.Of(number) != row.Number || number <= last)
                findings.Add(FindingKinds.EntryPlace, name, $"in {row.Key}");
            last = number;
            var lastOrdinal = 0;
            foreach (var replay in entry.Replays)
            {
                if (replay.Name.Consultation != entry.Name)
                {
                    findings.Add(FindingKinds.ReplayOwner, replay.Name.Name, $"in {row.Key}, entry {number}");
                    Refer([replay.ObjectKey]);
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

    private void Add(ConsultationState consultation, NumberedRow row)
    {
        if (consultation.Owner != row.Key)
        {
            _incomplete = true;
            Misfiled(row.Key, consultation.Owner);
            Refer(consultation.Recordings.Select(recording => recording.ObjectKey));
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

    private void Add(TrailPage page, NumberedRow row)
    {
        if (page.Owner != patient.Name || page.Number != row.Number)
        {
            _trailIncomplete = true;
            Misfiled(row.Key, page.Owner);
            return;
        }
        (_trail ??= NewTrail()).Add(page.Links, row.Number);
    }

    private TrailAudit NewTrail()
    {
        _trailHead = Read(states.TrailHeads, StoredTrail.HeadState, rows.TrailHead);
        if (_trailHead is not null && _trailHead.Owner != patient.Name)
        {
            _trailIncomplete = true;
            Misfiled($"{StoredTrail.HeadState} {patient.Name}", _trailHead.Owner);
        }
        return new(patient.Name, _trailHead, rows.Former);
    }

    private void Compare()
    {
        var head = Read(states.Heads, StoredStates.Head, rows.Head);
        if (head is not null && head.Owner != patient.Name)
        {
            Misfiled($"{StoredStates.Head} {patient.Name}", head.Owner);
            head = null;
            _incomplete = true;
        }
        // While somebody is being erased their rows and media go one by one.
        var erasing = rows.IsErased || head is { Erasing: true };
        _incomplete |= erasing;
        if (!_incomplete && _pages.Count > 0 && _pages.Max() > (head?.LastPage ?? 0))
            findings.Add(FindingKinds.PatientHead, patient.Name, $"knows of pages up to {head?.LastPage ?? 0}");
        if (!_incomplete)
            CompareNumbers(head);

        CompareReplays(erasing);
        if (rows.PatientKey is null && !erasing && _replays.Values.Any(replay => replay.WrappedKey != 0))
            findings.Add(FindingKinds.PatientKeyMissing, patient.Name);
        CompareTrail(isErased: erasing || head is { ErasedAt: not null });
        media.Refer(_references);
        Checked = new()
        {
            Patients = 1,
            Pages = _pages.Count,
            Consultations = _numbers.Count,
            Replays = _replays.Count,
            PatientKeys = rows.PatientKey is null ? 0 : 1,
            Trails = _trail is null ? 0 : 1,
            TrailEntries = _trail?.Entries ?? 0,
        };
    }

    /// <summary>
    /// Numbers are given without a gap, and the head is written before the page: only the last may still be empty. Those up to what was
    /// once erased are gone.
    /// </summary>
    private void CompareNumbers(PatientHead? head)
    {
        var erased = head?.ErasedTo ?? 0;
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
                if (known is not null || !_incomplete)
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
            _references.Add(must ? new(replay.ObjectKey, replay.SizeBytes, MediaRecord.MustBe) : new(replay.ObjectKey, MediaRecord.AnySize, MediaRecord.MayBe));
        }
        foreach (var (number, recording) in _recordings)
        {
            var listed = _replays.TryGetValue(number, out var replay);
            if (!listed && recording.Status is RecordingStatus.Available && !_incomplete)
                findings.Add(FindingKinds.ReplayMissing, Name(number));
            if (!recording.Gone && !(listed && replay!.ObjectKey == recording.ObjectKey))
                _references.Add(new(recording.ObjectKey, MediaRecord.AnySize, MediaRecord.MayBe));
        }
        foreach (var number in _consultations)
        {
            if (!_numbers.Contains(number) && !_incomplete)
                findings.Add(FindingKinds.ConsultationUnknown, patient.Consultation(number).Name);
        }
    }

    /// <param name="isErased">Whether they were ever erased, or are being: without that no trail may say so, for what comes before it may be blank.</param>
    private void CompareTrail(bool isErased)
    {
        if (rows.TrailHead is not null || rows.Former is not null)
            _trail ??= NewTrail();
        if (_trailIncomplete)
            return;
        if (_trail?.Finish() is { } finding)
            findings.Add(finding.Kind, finding.Name, finding.Detail);
        else if (_trail?.Erasure is { } erasure && !isErased && !_incomplete)
            findings.Add(FindingKinds.TrailBroken, $"{patient.Name}/trail/{erasure}", "says that the patient was erased");
        else if (_trail is { Entries: > 0, LastHash: { } hash } && _trail.Entries != rows.Former?.Entries)
            Grown = new(patient.Name, 0, _trail.Entries, hash);
    }

    private T? Read<T>(Serializer<T> serializer, string state, byte[]? payload) where T : class
    {
        try
        {
            return payload is null ? null : StoredStates.Read(serializer, payload);
        }
        catch (Exception)
        {
            Unreadable(state, patient.Name);
            return null;
        }
    }

    private void Unreadable(string state, string key)
    {
        if (state is StoredTrail.PageState or StoredTrail.HeadState)
            _trailIncomplete = true;
        else
            _incomplete = true;
        findings.Add(FindingKinds.RowUnreadable, $"{state} {key}");
    }

    private void Misfiled(string key, string? owner) =>
        findings.Add(FindingKinds.RowOwner, key, string.IsNullOrEmpty(owner) ? "bears no name" : $"bears {owner}");

    /// <summary>Objects that somebody refers to, though not from where they should.</summary>
    private void Refer(IEnumerable<string> objectKeys) =>
        _references.AddRange(objectKeys.Where(MediaObjectKey.IsValid).Select(key => new MediaRecord(MediaRecord.KeyOf(key), MediaRecord.AnySize, MediaRecord.MayBe)));

    private static string StateOf(PatientRowKind kind) => kind switch
    {
        PatientRowKind.Page => LedgerPage.StateName,
        PatientRowKind.Trail => StoredTrail.PageState,
        _ => StoredStates.Consultation,
    };

    private string Name(RecordingNumber number) => patient.Consultation(number.Consultation).Recording(number.Ordinal).Name;

    /// <summary>0: none.</summary>
    private static ulong Digest(byte[]? wrapped) =>
        wrapped is { Length: > 0 } ? BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(wrapped)) | 1 : 0;

    private readonly record struct RecordingNumber(int Consultation, int Ordinal);

    private sealed record ReplayFacts(UInt128 ObjectKey, long SizeBytes, ulong WrappedKey);

    private sealed record RecordingFacts(RecordingStatus Status, bool Gone, UInt128 ObjectKey, ulong WrappedKey);
}

/// <summary>What there is at most once of a patient.</summary>
/// <param name="Head">The stored head.</param>
/// <param name="TrailHead">The stored head of the audit trail.</param>
/// <param name="PatientKey">The wrapped key.</param>
/// <param name="Former">How the trail ended when an audit last saw it.</param>
/// <param name="IsErased">The key is to be gone.</param>
internal sealed record PatientRows(byte[]? Head, byte[]? TrailHead, byte[]? PatientKey, SealedTrail? Former, bool IsErased);

/// <summary>What there are many of.</summary>
internal enum PatientRowKind
{
    Page,
    Consultation,
    Trail,
}
