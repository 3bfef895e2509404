using System.Collections.Concurrent;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Brings the rows of each patient together: all streams are in one order, so this is a merge.</summary>
internal sealed class PatientReader(AuditSnapshot snapshot, StoredStates states, MediaAudit media, Findings findings)
{
    /// <summary>So much is handed over at once, of several patients or of a part of one.</summary>
    private const int BatchBytes = 256 * 1024;

    public async Task Read(AuditCompletion last, BlockingCollection<List<RowBatch>> batches, CancellationToken cancellation)
    {
        using var digest = new HeadsDigest();
        var erased = await snapshot.ReadErasedPatients(cancellation);
        await using var heads = new PatientCursor<NumberedRow>(ById(snapshot.States(StoredStates.Head, cancellation), r => Key(r, StoredStates.Head, null)), cancellation);
        await using var trailHeads = new PatientCursor<NumberedRow>(ById(snapshot.States(TrailStorage.HeadState, cancellation), r => Key(r, TrailStorage.HeadState, null)), cancellation);
        await using var keys = new PatientCursor<byte[]>(ById(snapshot.PatientKeys(cancellation), r => Key(r)), cancellation);
        await using var former = new PatientCursor<RecordedHead>(ById(snapshot.Heads(last.Number, cancellation), r => Key(r, digest)), cancellation);
        await using var pages = Rows(LedgerPage.StateName, "pages");
        await using var consultations = Rows(StoredStates.Consultation, "consultations");
        await using var trail = Rows(TrailStorage.PageState, "trail");
        (PatientRowKind Kind, PatientCursor<NumberedRow> Rows)[] many =
            [(PatientRowKind.Page, pages), (PatientRowKind.Consultation, consultations), (PatientRowKind.Trail, trail)];
        IPatientCursor[] all = [heads, trailHeads, keys, former, pages, consultations, trail];

        var (batch, bytes) = (new List<RowBatch>(), 0);
        foreach (var cursor in all)
            await cursor.Next();
        while (all.Where(cursor => cursor.Patient is not null).Select(cursor => cursor.Patient!.Value).Order(PatientOrder.Instance).FirstOrDefault() is var patient
            && patient != default)
        {
            var rows = new PatientRows(
                (await heads.Take(patient)).Payload, (await trailHeads.Take(patient)).Payload, await keys.Take(patient), await former.Take(patient),
                erased.Contains(patient.Name));
            var audit = new PatientAudit(patient, rows, states, findings, media);
            var piece = new RowBatch(audit, []);
            batch.Add(piece);
            foreach (var (kind, cursor) in many)
            {
                for (; cursor.Patient == patient; await cursor.Next())
                {
                    if (bytes >= BatchBytes)
                    {
                        audit.Expect();
                        batches.Add(batch, cancellation);
                        piece = new(audit, []);
                        (batch, bytes) = ([piece], 0);
                    }
                    piece.Rows.Add((kind, cursor.Row));
                    bytes += cursor.Row.Payload?.Length ?? 0;
                }
            }
        }
        batches.Add(batch, cancellation);
        if (last.Number > 0 && !digest.Finish().AsSpan().SequenceEqual(last.Heads))
            findings.Add(FindingKinds.AuditChanged, $"audits/{last.Number}", "the heads of trails that it saw");

        PatientCursor<NumberedRow> Rows(string state, string collection) =>
            new(Filtered(snapshot.States(state, cancellation), r => Key(r, state, collection)), cancellation);

        IAsyncEnumerable<PatientRow<T>> ById<TRow, T>(IAsyncEnumerable<TRow> rows, Func<TRow, PatientRow<T>?> key) =>
            PatientOrder.Reorder(Filtered(rows, key), cancellation);
    }

    private static async IAsyncEnumerable<PatientRow<T>> Filtered<TRow, T>(IAsyncEnumerable<TRow> rows, Func<TRow, PatientRow<T>?> key)
    {
        await foreach (var row in rows)
        {
            if (key(row) is { } own)
                yield return own;
        }
    }

    private PatientRow<NumberedRow>? Key(StateRow row, string state, string? collection)
    {
        if (StoredStates.TryKey(row, collection, out var own))
            return own;
        findings.Add(FindingKinds.RowKey, row.NameIn(state));
        return null;
    }

    private PatientRow<byte[]>? Key(PatientKeyRow row)
    {
        if (PatientId.TryParseName(row.Patient, out var patient))
            return new(patient, row.Wrapped);
        findings.Add(FindingKinds.RowKey, $"patient-key {row.Patient}");
        return null;
    }

    private PatientRow<RecordedHead>? Key(RecordedHead row, HeadsDigest digest)
    {
        digest.Add(row);
        if (PatientId.TryParseName(row.Trail, out var patient))
            return new(patient, row);
        findings.Add(FindingKinds.AuditChanged, $"audits/{row.Run}", $"the head of {row.Trail}");
        return null;
    }
}

/// <summary>Some rows of a patient.</summary>
internal sealed record RowBatch(PatientAudit Audit, List<(PatientRowKind Kind, NumberedRow Row)> Rows);
