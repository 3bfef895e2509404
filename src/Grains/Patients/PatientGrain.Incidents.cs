using Replays.Grains.Audit;
using Replays.Grains.Identity;

namespace Replays.Grains.Patients;

/// <summary>What incidents decide about this patient's replays.</summary>
internal sealed partial class PatientGrain
{
    public async Task Withdraw(RecordingId recording, string reason, Actor by, CancellationToken cancellation)
    {
        if (await FindStored(recording) is ({ } entry, { Withdrawal: null } replay))
            await Replace(entry, replay, replay with { Withdrawal = new(reason, time.GetUtcNow(), by) });
    }

    public async Task<Refusal> DestroyKey(RecordingId recording, Actor by, CancellationToken cancellation)
    {
        if (head.State.Hold is not null)
            return Refusal.LegalHold;
        if (await FindStored(recording) is not ({ } entry, { } replay))
            return Refusal.None;
        if (replay.Withdrawal is null)
            return Refusal.InvalidTransition;
        if (replay.WrappedKey is not null)
            await Replace(entry, replay, replay with { WrappedKey = null });
        return Refusal.None;
    }

    public Task<bool> IsOnHold(CancellationToken cancellation) => Task.FromResult(head.State.Hold is not null);

    public async Task SetHold(string? reason, Actor by, CancellationToken cancellation)
    {
        if (reason == head.State.Hold?.Reason)
            return;
        await Save(head.State with { Owner = Own.Name, Hold = reason is null ? null : new LegalHold(reason, time.GetUtcNow(), by) });
        await GrainFactory.AuditTrail(Own).Append([Tell(reason is null ? "hold.lifted" : "hold.set", by, Own.Name, reason)]);
    }

    private async Task<(LedgerEntry? Entry, Replay? Replay)> FindStored(RecordingId recording)
    {
        if (recording.Patient != Own || await Entry(recording.Consultation) is not { } entry || entry.Name != recording.Consultation)
            return default;
        return (entry, entry.Replays.FirstOrDefault(replay => replay.Name == recording));
    }

    private async Task Replace(LedgerEntry entry, Replay before, Replay after)
    {
        var page = LedgerPage.Of(entry.Name.Number);
        await Save(page, (await Load(page)).With(entry with { Replays = entry.Replays.Replace(before, after) }));
    }
}
