using System.Security.Cryptography;
using Replays.Grains.AuditTrail;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Replays.Grains.Storage;

namespace Replays.Grains.Consultations;

/// <summary>Loads, lets <see cref="ConsultationRules"/> decide, saves, runs the effects.</summary>
[GrainType(TypeName)]
internal sealed partial class ConsultationGrain(
    IGrainContext context,
    IGrainFactory grains,
    [PersistentState(ConsultationState.StateName, ReplaysStorage.Name)] IPersistentState<ConsultationState> stored,
    ConsultationRules rules,
    EnabledSafeguards enabled,
    SafeguardDenials denials,
    IMediaObjects media,
    IStopList stops,
    TimeProvider time) : IGrainBase, IConsultationGrain, IRemindable, IIncomingGrainCallFilter
{
    public const string TypeName = "consultation";

    private readonly OwnershipMismatchGuard _ownership = new(enabled, denials, time);
    private readonly ConsultationId _id = ConsultationId.TryParseName(context.GrainId.Key.ToString(), out var id)
        ? id
        : throw new ArgumentException("Not a consultation's name.");

    private bool _isReconciled, _mustReload;

    public IGrainContext GrainContext => context;

    /// <summary>Always taken from this grain's own name.</summary>
    private IPatientGrain Patient => grains.Patient(_id.Patient);

    private DateTimeOffset Now => time.GetUtcNow();

    public Task OnActivateAsync(CancellationToken cancellation)
    {
        CheckOwner();
        if (stored.RecordExists && !_ownership.IsMismatched && rules.HasWork(stored.State))
            ScheduleWork();
        return Task.CompletedTask;
    }

    public async Task Invoke(IIncomingGrainCallContext call)
    {
        if (_mustReload && !_ownership.IsMismatched)
            await Reload();
        _ownership.ThrowIfMismatched(this);
        await call.Invoke();
    }

    public async Task<Consultation?> Get(CancellationToken cancellation) => (await Load())?.ToSnapshot(_id);

    public Task<Result<Consultation>> Start(ConsultationMode mode, Actor by, CancellationToken cancellation) =>
        Change(state => rules.Start(state, mode, by, Now));

    public Task<Result<Consultation>> SwitchMode(ConsultationMode mode, Actor by, CancellationToken cancellation) =>
        Change(state => rules.SwitchMode(state, mode, by, Now));

    public Task<Result<Consultation>> SetConsent(ConsultationMode mode, bool granted, Actor by, CancellationToken cancellation) =>
        SetConsent(mode, new() { Granted = granted, At = Now, By = by.Subject, Attested = false }, by);

    public Task<Result<Consultation>> AttestConsent(
        ConsultationMode mode, bool granted, string attestedBy, Actor by, CancellationToken cancellation) =>
        rules.AllowsAttestedConsent
            ? SetConsent(mode, new() { Granted = granted, At = Now, By = attestedBy, Attested = true }, by)
            : Task.FromResult<Result<Consultation>>(ErrorCode.AttestedConsentOff);

    public async Task<Result<string>> Join(Actor by, CancellationToken cancellation)
    {
        var secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var joined = await Change(state => rules.Join(state, PresenceSafeguard.Digest(secret), by, Now));
        return joined.IsSuccess ? secret : joined.Error;
    }

    public Task<Result<Consultation>> End(bool wrongPatient, Actor by, CancellationToken cancellation) =>
        ChangeReconciled(
            state => wrongPatient ? rules.UnsealedOrdinals(state) : [], reconciled => rules.End(reconciled, wrongPatient, by, Now));

    public Task<Result<Consultation>> Cancel(Actor by, CancellationToken cancellation) => Change(state => rules.Cancel(state, by));

    public async Task DropDataKey(int ordinal, CancellationToken cancellation)
    {
        if (await Load() is { } state)
            await Apply(rules.DropDataKey(state, ordinal));
    }

    public async Task Erase(CancellationToken cancellation)
    {
        _leases.Clear();
        _dataKeys.Clear();
        if (stored.RecordExists)
        {
            foreach (var recording in stored.State.Recordings)
                await media.Delete(recording.ObjectKey, cancellation);
            await Run(new UnregisterReminder());
            _mustReload = true;
            await stored.ClearStateAsync();
            _mustReload = false;
        }
        stored.State = new();
        this.DeactivateOnIdle();
    }

    private Task<Result<Consultation>> SetConsent(ConsultationMode mode, Consent consent, Actor by) => consent.Granted
        ? Change(state => rules.GrantConsent(state, mode, consent, by))
        : ChangeReconciled(
            state => rules.UnsealedOrdinals(state, mode), reconciled => rules.WithdrawConsent(reconciled, mode, consent, by));

    private Task<Result<Consultation>> Change(Func<ConsultationState, Decision<ConsultationState>> decide) =>
        Change(state => Task.FromResult(decide(state)));

    /// <summary>For commands that discard: the ledger rejects further deliveries of those recordings and returns what it already has.</summary>
    private Task<Result<Consultation>> ChangeReconciled(
        Func<ConsultationState, ImmutableArray<int>> discards, Func<Reconciled, Decision<ConsultationState>> decide) =>
        Change(async state => decide(await Reconcile(state, discards(state))));

    private async Task<Result<Consultation>> Change(Func<ConsultationState, Task<Decision<ConsultationState>>> decide)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        var decision = await decide(state);
        if (decision.Error is ErrorCode.None && ReferenceEquals(decision.Next, stored.State) && stored.RecordExists)
        {
            // Nothing to do is a success only in the state that is stored: another activation may have changed it.
            await Reload();
            decision = await decide((await Load())!);
        }
        return await Apply(decision) is var error and not ErrorCode.None ? error : stored.State.ToSnapshot(_id);
    }

    private async Task<ErrorCode> Apply(Decision<ConsultationState> decision)
    {
        denials.Allows(decision.Denial);
        foreach (var effect in decision.Before)
            await Run(effect);
        if (!ReferenceEquals(decision.Next, stored.State))
            await Save(decision.Next, decision.Audit);
        foreach (var effect in decision.After)
            await Run(effect);
        return decision.Error;
    }

    /// <summary>Returns the state; before the first change, creates it from the ledger's entry. Null: nothing was booked.</summary>
    private async Task<ConsultationState?> Load()
    {
        if (stored.RecordExists)
        {
            if (rules.IsUploadDeadlinePassed(stored.State, Now))
                ScheduleWork();
            return _isReconciled ? stored.State : (await Reconcile(stored.State, [])).State;
        }
        if (stored.State.Booking is not null)
            return stored.State;
        if (await Patient.ReadEntry(new LedgerQuery(_id)) is not { } entry)
        {
            this.DeactivateOnIdle();
            return null;
        }
        _reportedStatus = entry.Status;
        return stored.State = rules.Create(entry);
    }

    /// <summary>After a failed write, which may have committed, the next call reloads the state.</summary>
    private async Task Save(ConsultationState next, IEnumerable<AuditFact> audit)
    {
        var outbox = next.Outbox.RemoveAll(entry => _published.Contains(entry.Id));
        stored.State = next with { Outbox = [.. outbox, .. audit.Select(fact => fact.ToEntry(Now))] };
        _mustReload = true;
        await stored.WriteStateAsync();
        _mustReload = false;
        _published.ExceptWith(next.Outbox.Select(entry => entry.Id));
        ScheduleWork();
    }

    private async Task Reload()
    {
        await stored.ReadStateAsync();
        CheckOwner();
        (_mustReload, _isReconciled) = (false, false);
        _ownership.ThrowIfMismatched(this);
    }

    private void CheckOwner()
    {
        if (stored.RecordExists && !_ownership.Check(_id.Name, stored.State.Owner))
            stored.State = new();
    }
}
