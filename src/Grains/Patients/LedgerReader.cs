using Replays.Grains.Safeguards;

namespace Replays.Grains.Patients;

/// <summary>Lists a patient's consultations and replays, newest first, reading at most four pages per request.</summary>
internal sealed class LedgerReader(PatientId own, LedgerStore ledger, LedgerRules rules, SafeguardDenials denials)
{
    public async Task<LedgerSlice> ListConsultations(int limit, LedgerCursor? after)
    {
        var found = new List<LedgerEntry>();
        var end = await ledger.EnumerateNewestFirst(after, entry =>
        {
            found.Add(entry);
            return found.Count <= limit;
        });
        var items = found.Take(limit).ToImmutableArray();
        return new(items, found.Count > limit ? new LedgerCursor(items[^1].Name.Number, 0) : end);
    }

    public async Task<ReplayPage> ListReplays(ReplayQuery query)
    {
        var found = new List<(ListedReplay Listed, LedgerCursor Position)>();
        var end = await ledger.EnumerateNewestFirst(query.After, entry =>
        {
            var number = entry.Name.Number;
            foreach (var replay in entry.Replays.Reverse())
            {
                var position = new LedgerCursor(number, replay.Name.Ordinal);
                var isFurther = query.After is not { } after || number < after.Number || position.Ordinal < after.Ordinal;
                if (isFurther && rules.Matches(entry, replay, query) && denials.Allows(rules.CheckListed(own, replay)))
                    found.Add((new(replay, entry.Booking), position));
            }
            return found.Count <= query.Limit;
        });
        return found.Count > query.Limit
            ? new([.. found.Take(query.Limit).Select(f => f.Listed)], found[query.Limit - 1].Position)
            : new([.. found.Select(f => f.Listed)], end);
    }

    public async Task<ListedReplay?> FindReplay(RecordingId recording) =>
        recording.Patient == own
        && await ledger.FindEntry(recording.Consultation.Number) is { } entry
        && entry.Replays.FirstOrDefault(r => r.Name.Ordinal == recording.Ordinal) is { Withdrawal: null } replay
        && denials.Allows(rules.CheckListed(own, replay))
            ? new(replay, entry.Booking)
            : null;

    /// <summary>Reads from storage and also finds replays that are withdrawn.</summary>
    public async Task<(LedgerEntry Entry, Replay Replay)?> FindIncludingWithdrawn(RecordingId recording) =>
        recording.Patient == own
        && await ledger.ReadEntry(recording.Consultation.Number) is { } entry
        && entry.Name == recording.Consultation
        && entry.Replays.FirstOrDefault(replay => replay.Name == recording) is { } replay
            ? (entry, replay)
            : null;
}
