using Replays.Grains.Identity;
using Replays.Grains.StopList;

namespace Replays.Grains.Patients;

/// <summary>What incidents decide about this patient's replays.</summary>
internal sealed partial class PatientGrain
{
    public async Task WithdrawReplay(RecordingId recording, string reason, Actor by, CancellationToken cancellation)
    {
        if (await FindStored(recording) is ({ } entry, { Withdrawal: null } replay))
            await Replace(entry, replay, replay with { Withdrawal = new(reason, time.GetUtcNow(), by) });
    }

    public async Task<ErrorCode> DestroyKey(RecordingId recording, Actor by, CancellationToken cancellation)
    {
        if (head.State.LegalHold is not null)
            return ErrorCode.LegalHold;
        if (await FindStored(recording) is not ({ } entry, { } replay))
            return ErrorCode.None;
        if (replay.Withdrawal is null)
            return ErrorCode.InvalidTransition;
        if (replay.WrappedKey is not null)
            await Replace(entry, replay, replay with { WrappedKey = null });
        return ErrorCode.None;
    }

    public Task<bool> HasLegalHold(CancellationToken cancellation) => Task.FromResult(head.State.LegalHold is not null);

    public async Task<ErrorCode> SetLegalHold(string? reason, Actor by, CancellationToken cancellation)
    {
        if (head.State.IsErasing)
            return ErrorCode.NotFound;
        if (reason == head.State.LegalHold?.Reason)
            return ErrorCode.None;
        await Save(head.State with
        {
            Owner = Own.Name,
            LegalHold = reason is null ? null : new LegalHold(reason, time.GetUtcNow(), by),
            Outbox = [.. head.State.Outbox.Where(e => !_told.Contains(e.Id)), Tell(reason is null ? "hold.lifted" : "hold.set", by, Own.Name, reason)],
        });
        TellSoon();
        return ErrorCode.None;
    }

    public async Task<ErrorCode> BeginErasure(Actor by, CancellationToken cancellation)
    {
        if (head.State.LegalHold is not null)
            return ErrorCode.LegalHold;
        // Written first: were a hold set in another activation meanwhile, this write would fail.
        await Save(head.State with { Owner = Own.Name, IsErasing = true });
        try
        {
            if (!await stops.Erase(Own, by, cancellation))
            {
                await Save(head.State with { IsErasing = false });
                return ErrorCode.IncidentOpen;
            }
        }
        catch
        {
            DeactivateOnIdle(); // the next activation asks what became of it
            throw;
        }
        await keyLock.Destroy(Own, cancellation);
        return ErrorCode.None;
    }

    public async Task<bool> ResumeErasure(CancellationToken cancellation)
    {
        if (head.State.IsErasing)
            await keyLock.Destroy(Own, cancellation);
        return head.State.IsErasing;
    }

    public async Task CompleteErasure(CancellationToken cancellation)
    {
        if (!head.State.IsErasing)
            return;
        var last = await LastNumber();
        (_keyed, _lastNumber) = (null, null);
        _pages.Clear();
        for (var page = head.State.LastPage; page >= 0 && page >= LedgerPage.PageNumberOf(head.State.LastErasedNumber); page--)
        {
            var stored = new StoredPage();
            await storage.ReadStateAsync(LedgerPage.StateName, PageId(page), stored);
            if (stored.RecordExists)
                await storage.ClearStateAsync(LedgerPage.StateName, PageId(page), stored);
        }
        await Save(new() { Owner = Own.Name, LastPage = head.State.LastPage, ErasedAt = time.GetUtcNow(), LastErasedNumber = last });
    }

    /// <summary>An erasure that was begun here and never came to be, for a crash or an incident, is none.</summary>
    private async Task CheckErasure(CancellationToken cancellation)
    {
        if (head.State.IsErasing && (await stops.FindByPatient(Own, cancellation)).All(stop => stop.Kind is not StopKind.Erasure))
            await Save(head.State with { IsErasing = false });
    }

    private async Task<(LedgerEntry? Entry, Replay? Replay)> FindStored(RecordingId recording)
    {
        if (recording.Patient != Own || await Entry(recording.Consultation) is not { } entry || entry.Name != recording.Consultation)
            return default;
        return (entry, entry.Replays.FirstOrDefault(replay => replay.Name == recording));
    }

    private async Task Replace(LedgerEntry entry, Replay before, Replay after)
    {
        var page = LedgerPage.PageNumberOf(entry.Name.Number);
        await Save(page, (await Load(page)).WithEntry(entry with { Replays = entry.Replays.Replace(before, after) }));
    }
}
