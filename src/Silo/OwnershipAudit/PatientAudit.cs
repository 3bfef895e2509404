using Orleans.Serialization;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Patients;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Compares one patient's rows, which arrive in batches in any order. Keeps only what the comparison needs.</summary>
internal sealed class PatientAudit(PatientId patient, PatientRows rows, StoredStates states, Findings findings, MediaAudit media)
{
    private readonly Lock _lock = new();
    private readonly LedgerAudit _ledger = new(patient, findings);
    private TrailAudit? _trail;

    /// <summary>A row of the audit trail is unreadable or another owner's. While set, findings that would only be consequences are suppressed.</summary>
    private bool _isTrailIncomplete;
    private int _pendingBatches = 1;

    public AuditCounts Counts { get; private set; } = new();

    /// <summary>The head of the trail if it is intact and has new entries since the last recorded head.</summary>
    public RecordedHead? NewHead { get; private set; }

    public void ExpectBatch() => Interlocked.Increment(ref _pendingBatches);

    /// <summary>Completes a batch. Compares the rows and returns true after the last one.</summary>
    public bool Complete()
    {
        if (Interlocked.Decrement(ref _pendingBatches) > 0)
            return false;
        lock (_lock)
            Compare();
        return true;
    }

    /// <param name="buffer">Reused for the entries of each trail page.</param>
    public void Add(IEnumerable<(PatientRowKind Kind, NumberedRow Row)> batch, List<RawChainedEntry> buffer)
    {
        foreach (var (kind, row) in batch)
        {
            try
            {
                Add(kind, row, buffer);
            }
            catch (Exception exception) when (exception is not IOException)
            {
                // Invalid payloads cause various exceptions. Each is a finding and does not stop the audit.
                lock (_lock)
                    AddUnreadable(StateOf(kind), row.Key);
            }
        }
    }

    private void Add(PatientRowKind kind, NumberedRow row, List<RawChainedEntry> buffer)
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
                AddTrailPage(row.Key, row.Number, row.Payload, buffer);
                break;
        }
    }

    private void AddTrailPage(string key, int number, byte[] payload, List<RawChainedEntry> entries)
    {
        if (!new RawTrailPage(payload).TryRead(out var owner, out var storedNumber, entries))
        {
            var page = StoredStates.Read(states.TrailPages, payload);
            (owner, storedNumber) = (page.Owner, page.Number);
            entries.Clear();
            entries.AddRange(page.Entries.Select(RawChainedEntry.Of));
        }
        TrailAudit trail;
        lock (_lock)
        {
            if (owner != patient.Name || storedNumber != number)
            {
                _isTrailIncomplete = true;
                findings.AddWrongOwner(key, owner);
                return;
            }
            trail = _trail ??= NewTrail();
        }
        var verified = trail.Verify(entries, number);
        lock (_lock)
            trail.Add(verified);
    }

    private TrailAudit NewTrail()
    {
        var head = Read(states.TrailHeads, TrailStorage.HeadState, rows.TrailHead);
        if (head is not null && head.Owner != patient.Name)
        {
            _isTrailIncomplete = true;
            findings.AddWrongOwner($"{TrailStorage.HeadState} {patient.Name}", head.Owner);
        }
        return new(patient.Name, head, rows.RecordedHead);
    }

    private void Compare()
    {
        var header = Read(states.Headers, StoredStates.Header, rows.Header);
        if (header is not null && header.Owner != patient.Name)
        {
            findings.AddWrongOwner($"{StoredStates.Header} {patient.Name}", header.Owner);
            (header, _ledger.IsIncomplete) = (null, true);
        }
        // An erasure deletes rows and media one by one.
        var isErasing = rows.IsErased || header is { IsErasing: true };
        media.AddReference(_ledger.Compare(header, isErasing, rows.PatientKey is not null));
        CompareTrail(isErased: isErasing || header is { ErasedAt: not null });
        Counts = new()
        {
            Patients = 1,
            PatientKeys = rows.PatientKey is null ? 0 : 1,
            Pages = _ledger.Pages,
            Consultations = _ledger.Consultations,
            Replays = _ledger.Replays,
            Trails = _trail is null ? 0 : 1,
            TrailEntries = _trail?.Entries ?? 0,
        };
    }

    /// <param name="isErased">Otherwise the trail must not contain an erasure entry, because it permits blank entries.</param>
    private void CompareTrail(bool isErased)
    {
        if (rows.TrailHead is not null || rows.RecordedHead is not null)
            _trail ??= NewTrail();
        if (_isTrailIncomplete)
            return;
        if (_trail?.Finish() is { } finding)
            findings.Add(finding.Kind, finding.Name, finding.Detail);
        else if (_trail?.Erasure is { } erasure && !isErased && !_ledger.IsIncomplete)
            findings.Add(FindingKinds.TrailBroken, $"{patient.Name}/trail/{erasure}", "an erasure entry, but the patient was not erased");
        else if (_trail is { Entries: > 0, LastHash: { } hash } && _trail.Entries != rows.RecordedHead?.Entries)
            NewHead = new(patient.Name, 0, _trail.Entries, hash);
    }

    private T? Read<T>(Serializer<T> serializer, string state, byte[]? payload) where T : class
    {
        if (payload is null)
            return null;
        var read = StoredStates.TryRead(serializer, payload);
        if (read is null)
            AddUnreadable(state, patient.Name);
        return read;
    }

    private void AddUnreadable(string state, string key)
    {
        if (state is TrailStorage.PageState or TrailStorage.HeadState)
            _isTrailIncomplete = true;
        else
            _ledger.IsIncomplete = true;
        findings.Add(FindingKinds.RowUnreadable, $"{state} {key}");
    }

    private static string StateOf(PatientRowKind kind) => kind switch
    {
        PatientRowKind.Page => LedgerPage.StateName,
        PatientRowKind.Trail => TrailStorage.PageState,
        _ => StoredStates.Consultation,
    };
}
