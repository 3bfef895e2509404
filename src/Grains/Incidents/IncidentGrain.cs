using Microsoft.Extensions.Logging;
using Replays.Grains.AuditTrail;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Replays.Grains.Storage;

namespace Replays.Grains.Incidents;

/// <summary>Loads, lets <see cref="IncidentRules"/> decide, saves, processes the steps.</summary>
[GrainType("incident")]
internal sealed partial class IncidentGrain(
    IGrainContext context, IGrainFactory grains,
    [PersistentState(IncidentState.StateName, ReplaysStorage.Name)] IPersistentState<IncidentState> stored,
    IncidentRules rules, IIncidentLog log, IStopList stops, TimeProvider time, ILogger<IncidentGrain> logger) : IGrainBase, IIncidentGrain
{
    private readonly string _name = context.GrainId.Key.ToString()!;

    private bool _mustReload;

    public IGrainContext GrainContext => context;

    private string Id => _name["incidents/".Length..];

    private IncidentState State => stored.State;

    private DateTimeOffset Now => time.GetUtcNow();

    public Task OnActivateAsync(CancellationToken cancellation)
    {
        if (!_name.StartsWith("incidents/", StringComparison.Ordinal))
            throw new ArgumentException("Not an incident's name.");
        return stored.RecordExists && State.Owner != _name ? throw new OwnershipMismatchException() : Task.CompletedTask;
    }

    public async Task<Incident?> Get(CancellationToken cancellation) => await Load(cancellation) is { } summary ? Snapshot(summary) : null;

    public async Task ProcessPending(CancellationToken cancellation)
    {
        _mustReload = true; // another activation may have added a step
        if (await Load(cancellation) is not { } summary)
            return;
        await SaveIfChanged(rules.ReopenIfRecurred(State, summary, Now).Next);
        await ProcessSteps(summary, cancellation);
    }

    public Task<Result<Incident>> Amend(IncidentAmendment amendment, int? expected, Actor by, CancellationToken cancellation) =>
        Change(() => rules.Amend(State, amendment, expected, by, Now), cancellation);

    public Task<Result<Incident>> AddRecordings(
        ImmutableArray<RecordingId> recordings, string reason, Actor by, CancellationToken cancellation) =>
        Change(() => rules.AddRecordings(State, recordings, reason, by, Now), cancellation);

    public Task<Result<Incident>> Resolve(IncidentOutcome outcome, string note, Actor by, CancellationToken cancellation) =>
        Change(() => rules.Resolve(State, outcome, note, by, Now), cancellation);

    public async Task<Result<Incident>> Approve(Actor by, CancellationToken cancellation)
    {
        if (await Load(cancellation) is not { } summary)
            return ErrorCode.NotFound;
        var hasLegalHold = false;
        foreach (var patient in rules.PatientsOf(summary))
            hasLegalHold |= await grains.Patient(patient).HasLegalHold(cancellation);
        return await Change(() => rules.Approve(State, hasLegalHold, by, Now), cancellation);
    }

    /// <summary>Reads the incident from the log, and creates the state from it if there is none. Null: there is no such incident.</summary>
    private async Task<IncidentSummary?> Load(CancellationToken cancellation)
    {
        if (_mustReload)
        {
            await stored.ReadStateAsync();
            _mustReload = false;
        }
        if (await log.Find(Id, cancellation) is not { } summary)
            return null;
        if (!stored.RecordExists)
            stored.State = rules.Create(_name, summary.Report);
        return summary;
    }

    /// <summary>Marks the incident as unprocessed, saves, then processes the steps. A worker retries what fails.</summary>
    private async Task<Result<Incident>> Change(Func<Decision<IncidentState>> decide, CancellationToken cancellation)
    {
        if (await Load(cancellation) is not { } summary)
            return ErrorCode.NotFound;
        var decision = decide();
        if (ReferenceEquals(decision.Next, State))
        {
            // Nothing to do is an answer only in the state that is stored: another activation may have changed it.
            _mustReload = true;
            await Load(cancellation);
            decision = decide();
        }
        if (decision.Error is not ErrorCode.None)
            return decision.Error;
        if (ReferenceEquals(decision.Next, State))
            return Snapshot(summary);
        foreach (var effect in decision.Before)
            await Run(effect, cancellation);
        await log.MarkUnprocessed(Id, cancellation);
        await SaveIfChanged(decision.Next);
        try
        {
            await ProcessSteps(summary, cancellation);
        }
        catch (Exception e) when (State.Resolution?.Outcome is not IncidentOutcome.Restored)
        {
            LogProcessingFailed(logger, e.GetType().Name);
        }
        return Snapshot(await log.Find(Id, cancellation) ?? summary);
    }

    private async Task ProcessSteps(IncidentSummary summary, CancellationToken cancellation)
    {
        for (var number = State.ProcessedSteps; number < State.Steps.Length; number++)
        {
            var step = State.Steps[number];
            var current = await log.Find(Id, cancellation) ?? summary;
            foreach (var effect in rules.EffectsOf(step, current.Recordings))
                await Run(effect, cancellation);
            foreach (var patient in rules.PatientsOf(current, step))
                await grains.AuditTrail(patient).Append([rules.CreateAuditEntry(current, step, number, patient)]);
        }
        if (!stored.RecordExists || State.ProcessedSteps < State.Steps.Length)
            await SaveIfChanged(State with { ProcessedSteps = State.Steps.Length });
        await log.MarkProcessed(Id, State.Resolution is null, Snapshot(summary).ReportDueAt, cancellation);
    }

    private Task Run(Effect effect, CancellationToken cancellation) => effect switch
    {
        QuarantineRecordings quarantine => stops.Quarantine(Id, quarantine.Recordings, quarantine.By, cancellation),
        RestoreRecordings => stops.Restore(Id, cancellation),
        WithdrawRecordings withdrawal => stops.Withdraw(Id, withdrawal.By, cancellation),
        WithdrawFromLedger withdrawal =>
            grains.Patient(withdrawal.Recording.Patient).WithdrawReplay(withdrawal.Recording, "incident", withdrawal.By, cancellation),
        DestroyDataKey destruction => DestroyDataKey(destruction, cancellation),
        _ => throw new InvalidOperationException($"IncidentGrain cannot run the effect {effect.GetType().Name}."),
    };

    private async Task DestroyDataKey(DestroyDataKey destruction, CancellationToken cancellation)
    {
        var recording = destruction.Recording;
        // A legal hold set after the approval: the step stays unprocessed and is retried until the hold is lifted.
        if (await grains.Patient(recording.Patient).DestroyKey(recording, destruction.By, cancellation) is ErrorCode.LegalHold)
            throw new InvalidOperationException("The patient is on legal hold.");
        await grains.Consultation(recording.Consultation).DropDataKey(recording.Ordinal, cancellation);
    }

    private async Task SaveIfChanged(IncidentState next)
    {
        if (ReferenceEquals(next, State))
            return;
        _mustReload = true; // a failed write may have committed
        stored.State = next;
        await stored.WriteStateAsync();
        _mustReload = false;
    }

    private Incident Snapshot(IncidentSummary summary) => new()
    {
        Report = summary.Report,
        Kind = State.Kind,
        AwareAt = State.AwareAt,
        Recordings = summary.Recordings,
        Record = State.Record,
        Resolution = State.Resolution,
        Steps = State.Steps,
        Occurrences = summary.Occurrences,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Processing a stored incident decision failed ({Error}); will retry.")]
    private static partial void LogProcessingFailed(ILogger logger, string error);
}
