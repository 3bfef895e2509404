using System.Collections.Concurrent;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Patients;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Groups all rows by patient with a merge of streams in <see cref="PatientOrder"/>.</summary>
internal sealed class PatientReader(AuditSnapshot snapshot, StoredStates states, MediaAudit media, Findings findings)
{
    /// <summary>The approximate batch size. A batch contains several patients or part of one.</summary>
    private const int BatchBytes = 256 * 1024;

    public async Task Read(AuditCompletion last, BlockingCollection<List<RowBatch>> batches, CancellationToken cancellation)
    {
        using var digest = new HeadsDigest();
        var erased = await snapshot.ReadErasedPatients(cancellation);
        await using var headers = ByName(
            snapshot.States(StoredStates.Header, cancellation), row => ParseKey(row, StoredStates.Header, null));
        await using var trailHeads = ByName(
            snapshot.States(TrailStorage.HeadState, cancellation), row => ParseKey(row, TrailStorage.HeadState, null));
        await using var keys = ByName(snapshot.PatientKeys(cancellation), ParseKey);
        await using var recordedHeads = ByName(snapshot.Heads(last.Number, cancellation), row => ParseKey(row, digest));
        await using var pages = BelowName(LedgerPage.StateName, "pages");
        await using var consultations = BelowName(StoredStates.Consultation, "consultations");
        await using var trail = BelowName(TrailStorage.PageState, "trail");
        (PatientRowKind Kind, PatientCursor<NumberedRow> Rows)[] many =
            [(PatientRowKind.Page, pages), (PatientRowKind.Consultation, consultations), (PatientRowKind.Trail, trail)];
        IPatientCursor[] all = [headers, trailHeads, keys, recordedHeads, pages, consultations, trail];

        var (batch, bytes) = (new List<RowBatch>(), 0);
        foreach (var cursor in all)
            await cursor.Next();
        while (all.Select(cursor => cursor.Patient).OfType<PatientId>().Order(PatientOrder.Instance).FirstOrDefault() is var patient
            && patient != default)
        {
            var rows = new PatientRows(
                (await headers.Take(patient)).Payload, (await trailHeads.Take(patient)).Payload, await keys.Take(patient),
                await recordedHeads.Take(patient),
                erased.Contains(patient.Name));
            var audit = new PatientAudit(patient, rows, states, findings, media);
            var rowBatch = new RowBatch(audit, []);
            batch.Add(rowBatch);
            foreach (var (kind, cursor) in many)
            {
                for (; cursor.Patient == patient; await cursor.Next())
                {
                    if (bytes >= BatchBytes)
                    {
                        audit.ExpectBatch();
                        batches.Add(batch, cancellation);
                        rowBatch = new(audit, []);
                        (batch, bytes) = ([rowBatch], 0);
                    }
                    rowBatch.Rows.Add((kind, cursor.Row));
                    bytes += cursor.Row.Payload?.Length ?? 0;
                }
            }
        }
        batches.Add(batch, cancellation);
        if (last.Number > 0 && !digest.Finish().AsSpan().SequenceEqual(last.Heads))
            findings.Add(FindingKinds.AuditChanged, $"audits/{last.Number}", "the recorded trail heads");

        PatientCursor<NumberedRow> BelowName(string state, string collection) =>
            new(Parse(snapshot.States(state, cancellation), row => ParseKey(row, state, collection)), cancellation);

        PatientCursor<T> ByName<TRow, T>(IAsyncEnumerable<TRow> rows, Func<TRow, PatientRow<T>?> parse) =>
            new(PatientOrder.Reorder(Parse(rows, parse), cancellation), cancellation);
    }

    private static async IAsyncEnumerable<PatientRow<T>> Parse<TRow, T>(IAsyncEnumerable<TRow> rows, Func<TRow, PatientRow<T>?> parse)
    {
        await foreach (var row in rows)
        {
            if (parse(row) is { } parsed)
                yield return parsed;
        }
    }

    private PatientRow<NumberedRow>? ParseKey(StateRow row, string state, string? collection)
    {
        if (StoredStates.TryParseKey(row, collection, out var parsed))
            return parsed;
        findings.Add(FindingKinds.RowKey, row.NameIn(state));
        return null;
    }

    private PatientRow<byte[]>? ParseKey(PatientKeyRow row)
    {
        if (PatientId.TryParseName(row.Patient, out var patient))
            return new(patient, row.Wrapped);
        findings.Add(FindingKinds.RowKey, $"patient-key {row.Patient}");
        return null;
    }

    private PatientRow<RecordedHead>? ParseKey(RecordedHead row, HeadsDigest digest)
    {
        digest.Add(row);
        if (PatientId.TryParseName(row.Trail, out var patient))
            return new(patient, row);
        findings.Add(FindingKinds.AuditChanged, $"audits/{row.Run}", $"the head of {row.Trail}");
        return null;
    }
}

/// <summary>Some rows of one patient.</summary>
internal sealed record RowBatch(PatientAudit Audit, List<(PatientRowKind Kind, NumberedRow Row)> Rows);
