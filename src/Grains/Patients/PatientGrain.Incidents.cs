using Replays.Grains.Identity;
using Replays.Grains.StopList;

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

    public async Task<Refusal> SetHold(string? reason, Actor by, CancellationToken cancellation)
    {
        if (head.State.Erasing)
            return Refusal.NotFound;
        if (reason == head.State.Hold?.Reason)
            return Refusal.None;
        await Save(head.State with
        {
            Owner = Own.Name,
            Hold = reason is null ? null : new LegalHold(reason, time.GetUtcNow(), by),
            Outbox = [.. head.State.Outbox.Where(e => !_told.Contains(e.Id)), Tell(reason is null ? "hold.lifted" : "hold.set", by, Own.Name, reason)],
        });
        TellSoon();
        return Refusal.None;
    }

    public async Task<Refusal> BeginErasure(Actor by, CancellationToken cancellation)
    {
        if (head.State.Hold is not null)
            return Refusal.LegalHold;
        // Written first: were a hold set in another activation meanwhile, this write would fail.
        await Save(head.State with { Owner = Own.Name, Erasing = true });
        try
        {
            if (!await stops.Erase(Own, by, cancellation))
            {
                await Save(head.State with { Erasing = false });
                return Refusal.IncidentOpen;
            }
        }
        catch
        {
            DeactivateOnIdle(); // the next activation asks what became of it
            throw;
        }
        await keyLock.Destroy(Own, cancellation);
        return Refusal.None;
    }

    public async Task<bool> GoOnErasing(CancellationToken cancellation)
    {
        if (head.State.Erasing)
            await keyLock.Destroy(Own, cancellation);
        return head.State.Erasing;
    }

    public async Task FinishErasure(CancellationToken cancellation)
    {
        if (!head.State.Erasing)
            return;
        var last = await LastNumber();
        (_keyed, _lastNumber) = (null, null);
        _pages.Clear();
        for (var page = head.State.LastPage; page >= 0 && page >= LedgerPage.Of(head.State.ErasedTo); page--)
        {
            var stored = new StoredPage();
            await storage.ReadStateAsync(LedgerPage.StateName, PageId(page), stored);
            if (stored.RecordExists)
                await storage.ClearStateAsync(LedgerPage.StateName, PageId(page), stored);
        }
        await Save(new() { Owner = Own.Name, LastPage = head.State.LastPage, ErasedAt = time.GetUtcNow(), ErasedTo = last });
    }

    /// <summary>An erasure that was begun here and never came to be, for a crash or an incident, is none.</summary>
    private async Task CheckErasure(CancellationToken cancellation)
    {
        if (head.State.Erasing && (await stops.StopsOf(Own, cancellation)).All(stop => stop.Kind is not StopKind.Erasure))
            await Save(head.State with { Erasing = false });
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
