using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Replays.Grains.Storage;

namespace Replays.Grains.Incidents;

[GrainType("incident")]
internal sealed partial class IncidentGrain(
    [PersistentState(IncidentState.StateName, ReplaysStorage.Name)] IPersistentState<IncidentState> stored,
    IIncidentLog log,
    IStopList stops,
    TimeProvider time,
    ILogger<IncidentGrain> logger) : Grain, IIncidentGrain
{
    /// <summary>Steps an incident: the officer's changes beyond that are refused.</summary>
    private const int MaxSteps = 1_000;

    /// <summary>Recordings that a trail's entry names.</summary>
    private const int ToldOf = 100;

    private bool _unsure;

    private string Name => this.GetPrimaryKeyString();

    private string Id => Name["incidents/".Length..];

    private IncidentState State => stored.State;

    public async Task<Incident?> Get(CancellationToken cancellation) => await Begin(cancellation) is { } logged ? Snapshot(logged) : null;

    public async Task ProcessPending(CancellationToken cancellation)
    {
        if (await Begin(cancellation) is not { } logged)
            return;
        if (State.ProcessedSteps == State.Steps.Length && State.Resolution is not null && logged.IsOpen)
            await Save(State with { Resolution = null, Steps = State.Steps.Add(Step(IncidentStepKinds.Reopened, logged.Report.By)) });
        await FollowAll(logged, cancellation);
    }

    public async Task<Result<Incident>> Amend(IncidentAmendment amendment, int? expected, Actor by, CancellationToken cancellation)
    {
        if (await Begin(cancellation) is null)
            return ErrorCode.NotFound;
        if (expected is { } version && version != State.Steps.Length)
            return ErrorCode.VersionConflict;
        if (State.Steps.Length >= MaxSteps)
            return ErrorCode.LimitReached;
        return await Change(state => state with
        {
            Kind = amendment.Kind ?? state.Kind,
            AwareAt = amendment.AwareAt ?? state.AwareAt,
            Record = amendment.Record is { } record ? state.Record.Merge(record) : state.Record,
            Steps = state.Steps.Add(Step(IncidentStepKinds.Amended, by, amendment.ChangedFields())),
        }, cancellation);
    }

    public async Task<Result<Incident>> AddRecordings(
        ImmutableArray<RecordingId> recordings, string reason, Actor by, CancellationToken cancellation)
    {
        if (await Begin(cancellation) is null)
            return ErrorCode.NotFound;
        if (State.Resolution is not null)
            return ErrorCode.InvalidTransition;
        if (State.Steps.Length >= MaxSteps)
            return ErrorCode.LimitReached;
        await stops.Quarantine(Id, recordings, by, cancellation);
        var step = Step(IncidentStepKinds.Added, by, reason) with { Recordings = recordings };
        return await Change(state => state with { Steps = state.Steps.Add(step) }, cancellation);
    }

    public async Task<Result<Incident>> Resolve(IncidentOutcome outcome, string note, Actor by, CancellationToken cancellation)
    {
        if (await Begin(cancellation) is not { } logged)
            return ErrorCode.NotFound;
        if (State.Resolution is { } resolution)
            return resolution.Outcome == outcome ? Snapshot(logged) : ErrorCode.InvalidTransition;
        var step = Step(outcome is IncidentOutcome.Restored ? IncidentStepKinds.Restored : IncidentStepKinds.Withdrawn, by, note);
        return await Change(state => state with
        {
            Resolution = new() { Outcome = outcome, Note = note, By = by, At = step.At },
            Steps = state.Steps.Add(step),
        }, cancellation);
    }

    public async Task<Result<Incident>> Approve(Actor by, CancellationToken cancellation)
    {
        if (await Begin(cancellation) is not { } logged)
            return ErrorCode.NotFound;
        if (State.Resolution is not { Outcome: IncidentOutcome.Withdrawn } resolution)
            return ErrorCode.InvalidTransition;
        if (resolution.ApprovedBy is not null)
            return Snapshot(logged);
        if (resolution.By.Subject == by.Subject)
            return ErrorCode.SecondOfficerRequired;
        foreach (var patient in Patients(logged))
        {
            if (await GrainFactory.Patient(patient).HasLegalHold(cancellation))
                return ErrorCode.LegalHold;
        }
        return await Change(state => state with
        {
            Resolution = resolution with { ApprovedBy = by },
            Steps = state.Steps.Add(Step(IncidentStepKinds.KeysDestroyed, by)),
        }, cancellation);
    }

    public override Task OnActivateAsync(CancellationToken cancellation)
    {
        if (!Name.StartsWith("incidents/", StringComparison.Ordinal))
            throw new ArgumentException("Not an incident's name.");
        return stored.RecordExists && State.Owner != Name ? throw new OwnershipMismatchException() : Task.CompletedTask;
    }

    /// <summary>What the log knows; the first time, the state begins with it.</summary>
    private async Task<IncidentSummary?> Begin(CancellationToken cancellation)
    {
        if (_unsure)
        {
            await stored.ReadStateAsync();
            _unsure = false;
        }
        if (await log.Find(Id, cancellation) is not { } logged)
            return null;
        if (!stored.RecordExists)
            stored.State = Beginning(logged.Report);
        return logged;
    }

    private IncidentState Beginning(IncidentReport report)
    {
        var kind = report.Source switch
        {
            IncidentSource.Patient or IncidentSource.Clinician => IncidentStepKinds.Reported,
            IncidentSource.Safeguard => IncidentStepKinds.Refused,
            _ => IncidentStepKinds.Opened,
        };
        return new()
        {
            Owner = Name,
            Kind = Incident.KindOf(report.Source),
            AwareAt = report.ReportedAt,
            Steps = [new(kind, report.ReportedAt, report.By, report.Reason)],
        };
    }

    /// <summary>One change: marked as not followed, written, followed.</summary>
    private async Task<Result<Incident>> Change(Func<IncidentState, IncidentState> change, CancellationToken cancellation)
    {
        if (await Begin(cancellation) is not { } logged)
            return ErrorCode.NotFound;
        await log.MarkUnprocessed(Id, cancellation);
        await Save(change(State));
        try
        {
            await FollowAll(logged, cancellation);
        }
        catch (Exception e) when (State.Resolution?.Outcome is not IncidentOutcome.Restored)
        {
            LogUnfollowed(logger, e.GetType().Name); // decided and durable; the rest is repeated until it is done
        }
        return Snapshot(logged);
    }

    private async Task FollowAll(IncidentSummary logged, CancellationToken cancellation)
    {
        for (var at = State.ProcessedSteps; at < State.Steps.Length; at++)
        {
            var step = State.Steps[at];
            await FollowStops(step, cancellation);
            foreach (var patient in step.Recordings is { } some ? Patients(some) : Patients(logged))
                await GrainFactory.AuditTrail(patient).Append([Entry(logged, step, at, patient)]);
        }
        if (!stored.RecordExists || State.ProcessedSteps < State.Steps.Length)
            await Save(State with { ProcessedSteps = State.Steps.Length });
        await log.MarkProcessed(Id, State.Resolution is null, Snapshot(logged).ReportDueAt, cancellation);
    }

    /// <summary>The stops first; then what the patient's own list is to remember.</summary>
    private async Task FollowStops(IncidentStep step, CancellationToken cancellation)
    {
        switch (step.Kind)
        {
            case IncidentStepKinds.Restored:
                await stops.Restore(Id, cancellation);
                break;
            case IncidentStepKinds.Withdrawn:
                await stops.Withdraw(Id, step.By, cancellation);
                foreach (var recording in await Recordings(cancellation))
                    await GrainFactory.Patient(recording.Patient).WithdrawReplay(recording, "incident", step.By, cancellation);
                break;
            case IncidentStepKinds.KeysDestroyed:
                foreach (var recording in await Recordings(cancellation))
                {
                    // A hold that was set since the approval: this stays to be done, and is tried again until the hold is lifted.
                    if (await GrainFactory.Patient(recording.Patient).DestroyKey(recording, step.By, cancellation) is ErrorCode.LegalHold)
                        throw new InvalidOperationException("On legal hold.");
                    await GrainFactory.Consultation(recording.Consultation).DropDataKey(recording.Ordinal, cancellation);
                }
                break;
        }
    }

    private async Task<ImmutableArray<RecordingId>> Recordings(CancellationToken cancellation) =>
        (await log.Find(Id, cancellation))?.Recordings ?? [];

    private static AuditEntry Entry(IncidentSummary logged, IncidentStep step, int number, PatientId patient)
    {
        var own = (step.Recordings ?? logged.Recordings).Where(recording => recording.Patient == patient).ToList();
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"{logged.Report.Id}/{number}/{patient.Name}"));
        return new()
        {
            Id = new Guid(id.AsSpan(0, 16)),
            At = step.At,
            Kind = step.Kind,
            By = step.By,
            Subject = own is [var one] ? one.Name : patient.Name,
            Detail = $"incident {logged.Report.Id}: {step.Detail}{Several(own)}",
        };
    }

    /// <summary>Which of them, as far as an entry has room.</summary>
    private static string Several(List<RecordingId> own) => own.Count switch
    {
        <= 1 => "",
        <= ToldOf => $" ({string.Join(' ', own.Select(recording => recording.ReplayId))})",
        _ => $" ({string.Join(' ', own.Take(ToldOf).Select(recording => recording.ReplayId))} and {own.Count - ToldOf} more)",
    };

    /// <summary>Whose recordings are in it, or whose name a lock saw.</summary>
    private static IEnumerable<PatientId> Patients(IncidentSummary logged) =>
        Patients(logged.Recordings)
            .Concat(ConsultationId.TryParseName(logged.Report.Cause, out var consultation) ? [consultation.Patient] : [])
            .Concat(RecordingId.TryParseName(logged.Report.Cause, out var recording) ? [recording.Patient] : [])
            .Distinct();

    private static IEnumerable<PatientId> Patients(ImmutableArray<RecordingId> recordings) =>
        recordings.Select(recording => recording.Patient).Distinct();

    private async Task Save(IncidentState next)
    {
        _unsure = true; // what is in memory is not trusted after a write that failed
        stored.State = next;
        await stored.WriteStateAsync();
        _unsure = false;
    }

    private IncidentStep Step(string kind, Actor by, string? detail = null) => new(kind, time.GetUtcNow(), by, detail);

    private Incident Snapshot(IncidentSummary logged) => new()
    {
        Report = logged.Report,
        Kind = State.Kind,
        AwareAt = State.AwareAt,
        Recordings = logged.Recordings,
        Record = State.Record,
        Resolution = State.Resolution,
        Steps = State.Steps,
        Occurrences = logged.Occurrences,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "A decision about an incident is stored, but not followed in full yet ({Cause}).")]
    private static partial void LogUnfollowed(ILogger logger, string cause);
}

/// <summary>From an incident's id to its grain.</summary>
public static class IncidentGrains
{
    public static IIncidentGrain Incident(this IGrainFactory grains, string id) => grains.GetGrain<IIncidentGrain>("incidents/" + id);
}
