using Orleans.Serialization;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// One patient's rows against each other. They come in pieces, in any order; of each only what the comparison needs is kept, so that the
/// patient with the most replays fits.
/// </summary>
internal sealed class PatientAudit(PatientId patient, PatientRows rows, StoredStates states, Findings findings, MediaAudit media)
{
    private readonly System.Threading.Lock _lock = new();
    private readonly LedgerAudit _ledger = new(patient, findings);
    private TrailAudit? _trail;

    /// <summary>A row of the trail is another's or can't be read: what is missing because of it is not said a second time.</summary>
    private bool _trailIncomplete;
    private int _open = 1;

    /// <summary>Set when all is compared.</summary>
    public AuditCounts Checked { get; private set; } = new();

    /// <summary>How the trail ends, when it is intact and longer than an audit has seen it.</summary>
    public RecordedHead? Grown { get; private set; }

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

    /// <param name="piece">Some rows.</param>
    /// <param name="links">Room for a page of a trail.</param>
    public void Add(IEnumerable<(PatientRowKind Kind, NumberedRow Row)> piece, List<RawChainedEntry> links)
    {
        foreach (var (kind, row) in piece)
        {
            try
            {
                Add(kind, row, links);
            }
            catch (Exception exception) when (exception is not IOException)
            {
                // Whatever a payload does to the serializer, or lacks: it is a finding, and the others are still looked at.
                lock (_lock)
                    Unreadable(StateOf(kind), row.Key);
            }
        }
    }

    private void Add(PatientRowKind kind, NumberedRow row, List<RawChainedEntry> links)
    {
        if (row.Payload is null)
            return;
        switch (kind)
        {
            case PatientRowKind.Page:
                var page = StoredStates.Read(states.Pages, row.Payload);
                lock (_lock)
                    _ledger.Add(page, row);
                break;
            case PatientRowKind.Consultation:
                var consultation = StoredStates.Read(states.Consultations, row.Payload);
                lock (_lock)
                    _ledger.Add(consultation, row);
                break;
            default:
                AddTrailPage(row.Key, row.Number, row.Payload, links);
                break;
        }
    }

    private void AddTrailPage(string key, int number, byte[] payload, List<RawChainedEntry> links)
    {
        if (!new RawTrailPage(payload).TryRead(out var owner, out var own, links))
        {
            var page = StoredStates.Read(states.TrailPages, payload);
            (owner, own) = (page.Owner, page.Number);
            links.Clear();
            links.AddRange(page.Entries.Select(RawChainedEntry.Of));
        }
        TrailAudit trail;
        lock (_lock)
        {
            if (owner != patient.Name || own != number)
            {
                _trailIncomplete = true;
                findings.AddMisfiled(key, owner);
                return;
            }
            trail = _trail ??= NewTrail();
        }
        var verified = trail.Verify(links, number);
        lock (_lock)
            trail.Add(verified);
    }

    private TrailAudit NewTrail()
    {
        var head = Read(states.TrailHeads, TrailStorage.HeadState, rows.TrailHead);
        if (head is not null && head.Owner != patient.Name)
        {
            _trailIncomplete = true;
            findings.AddMisfiled($"{TrailStorage.HeadState} {patient.Name}", head.Owner);
        }
        return new(patient.Name, head, rows.Former);
    }

    private void Compare()
    {
        var head = Read(states.Heads, StoredStates.Head, rows.Head);
        if (head is not null && head.Owner != patient.Name)
        {
            findings.AddMisfiled($"{StoredStates.Head} {patient.Name}", head.Owner);
            (head, _ledger.Incomplete) = (null, true);
        }
        // While somebody is being erased their rows and media go one by one.
        var erasing = rows.IsErased || head is { IsErasing: true };
        media.AddReference(_ledger.Compare(head, erasing, rows.PatientKey is not null));
        CompareTrail(isErased: erasing || head is { ErasedAt: not null });
        Checked = new()
        {
            Patients = 1,
            Pages = _ledger.Pages,
            Consultations = _ledger.Consultations,
            Replays = _ledger.Replays,
            PatientKeys = rows.PatientKey is null ? 0 : 1,
            Trails = _trail is null ? 0 : 1,
            TrailEntries = _trail?.Entries ?? 0,
        };
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
        else if (_trail?.Erasure is { } erasure && !isErased && !_ledger.Incomplete)
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
        if (state is TrailStorage.PageState or TrailStorage.HeadState)
            _trailIncomplete = true;
        else
            _ledger.Incomplete = true;
        findings.Add(FindingKinds.RowUnreadable, $"{state} {key}");
    }

    private static string StateOf(PatientRowKind kind) => kind switch
    {
        PatientRowKind.Page => LedgerPage.StateName,
        PatientRowKind.Trail => TrailStorage.PageState,
        _ => StoredStates.Consultation,
    };
}

/// <summary>What there is at most once of a patient.</summary>
/// <param name="Head">The stored head.</param>
/// <param name="TrailHead">The stored head of the audit trail.</param>
/// <param name="PatientKey">The wrapped key.</param>
/// <param name="Former">How the trail ended when an audit last saw it.</param>
/// <param name="IsErased">The key is to be gone.</param>
internal sealed record PatientRows(byte[]? Head, byte[]? TrailHead, byte[]? PatientKey, RecordedHead? Former, bool IsErased);

/// <summary>What there are many of.</summary>
internal enum PatientRowKind
{
    Page,
    Consultation,
    Trail,
}
