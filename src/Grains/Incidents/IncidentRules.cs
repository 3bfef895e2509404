using System.Security.Cryptography;
using System.Text;
using Replays.Grains.AuditTrail;

namespace Replays.Grains.Incidents;

/// <summary>
/// The decisions about one incident: state and command in; next state and effects out. No clock, no I/O. Every change is a step; a step is
/// processed once its effects have happened and its audit entries are published. Methods are virtual so that the simulation can plant a bug
/// in each.
/// </summary>
internal class IncidentRules
{
    /// <summary>Steps per incident, beyond which amendments and additions are rejected.</summary>
    private const int MaxSteps = 1_000;

    /// <summary>Recordings named in one audit entry.</summary>
    private const int MaxNamed = 100;

    public virtual IncidentState Create(string name, IncidentReport report) => new()
    {
        Owner = name,
        Kind = Incident.KindOf(report.Source),
        AwareAt = report.ReportedAt,
        Steps = [new(FirstStepKind(report.Source), report.ReportedAt, report.By, report.Reason)],
    };

    /// <param name="expectedVersion">The version that the amendment is based on; null: any.</param>
    public virtual Decision<IncidentState> Amend(
        IncidentState state, IncidentAmendment amendment, int? expectedVersion, Actor by, DateTimeOffset now)
    {
        if (expectedVersion is { } version && version != state.Steps.Length)
            return Reject(state, ErrorCode.VersionConflict);
        if (state.Steps.Length >= MaxSteps)
            return Reject(state, ErrorCode.LimitReached);
        return new(state with
        {
            Kind = amendment.Kind ?? state.Kind,
            AwareAt = amendment.AwareAt ?? state.AwareAt,
            Record = amendment.Record is { } record ? state.Record.Merge(record) : state.Record,
            Steps = state.Steps.Add(new(IncidentStepKinds.Amended, now, by, amendment.ChangedFields())),
        });
    }

    /// <summary>The recordings are quarantined before the step is stored.</summary>
    public virtual Decision<IncidentState> AddRecordings(
        IncidentState state, ImmutableArray<RecordingId> recordings, string reason, Actor by, DateTimeOffset now)
    {
        if (state.Resolution is not null)
            return Reject(state, ErrorCode.InvalidTransition);
        if (state.Steps.Length >= MaxSteps)
            return Reject(state, ErrorCode.LimitReached);
        return new(state with { Steps = state.Steps.Add(new(IncidentStepKinds.Added, now, by, reason) { Recordings = recordings }) })
        {
            Before = [new QuarantineRecordings(recordings, by)],
        };
    }

    public virtual Decision<IncidentState> Resolve(IncidentState state, IncidentOutcome outcome, string note, Actor by, DateTimeOffset now)
    {
        if (state.Resolution is { } resolution)
            return resolution.Outcome == outcome ? new(state) : Reject(state, ErrorCode.InvalidTransition);
        var kind = outcome is IncidentOutcome.Restored ? IncidentStepKinds.Restored : IncidentStepKinds.Withdrawn;
        return new(state with
        {
            Resolution = new() { Outcome = outcome, Note = note, By = by, At = now },
            Steps = state.Steps.Add(new(kind, now, by, note)),
        });
    }

    /// <summary>A second officer approves that the data keys of withdrawn recordings are destroyed; never under legal hold.</summary>
    public virtual Decision<IncidentState> Approve(IncidentState state, bool hasLegalHold, Actor by, DateTimeOffset now)
    {
        if (state.Resolution is not { Outcome: IncidentOutcome.Withdrawn } resolution)
            return Reject(state, ErrorCode.InvalidTransition);
        if (resolution.ApprovedBy is not null)
            return new(state);
        if (resolution.By.Subject == by.Subject)
            return Reject(state, ErrorCode.SecondOfficerRequired);
        if (hasLegalHold)
            return Reject(state, ErrorCode.LegalHold);
        return new(state with
        {
            Resolution = resolution with { ApprovedBy = by },
            Steps = state.Steps.Add(new(IncidentStepKinds.KeysDestroyed, now, by, null)),
        });
    }

    /// <summary>The cause occurred again after the incident was resolved.</summary>
    public virtual Decision<IncidentState> ReopenIfRecurred(IncidentState state, IncidentSummary summary, DateTimeOffset now) =>
        state.ProcessedSteps == state.Steps.Length && state.Resolution is not null && summary.IsOpen
            ? new(state with { Resolution = null, Steps = state.Steps.Add(new(IncidentStepKinds.Reopened, now, summary.Report.By, null)) })
            : new(state);

    /// <summary>A step's effects outside the incident: the stop list first, then the patients' ledgers and keys.</summary>
    public virtual ImmutableArray<Effect> EffectsOf(IncidentStep step, ImmutableArray<RecordingId> recordings) => step.Kind switch
    {
        IncidentStepKinds.Restored => [new RestoreRecordings()],
        IncidentStepKinds.Withdrawn =>
            [new WithdrawRecordings(step.By), .. recordings.Select(recording => new WithdrawFromLedger(recording, step.By))],
        IncidentStepKinds.KeysDestroyed => [.. recordings.Select(recording => new DestroyDataKey(recording, step.By))],
        _ => [],
    };

    /// <summary>The patients whose recordings a step concerns, or whose name is in the cause of the incident.</summary>
    public virtual IEnumerable<PatientId> PatientsOf(IncidentSummary summary, IncidentStep? step = null) => step?.Recordings is { } some
        ? Patients(some)
        : Patients(summary.Recordings)
            .Concat(ConsultationId.TryParseName(summary.Report.Cause, out var consultation) ? [consultation.Patient] : [])
            .Concat(RecordingId.TryParseName(summary.Report.Cause, out var recording) ? [recording.Patient] : [])
            .Distinct();

    /// <summary>One patient's audit entry of a step. Its id is derived from incident, step and patient.</summary>
    public virtual AuditEntry CreateAuditEntry(IncidentSummary summary, IncidentStep step, int number, PatientId patient)
    {
        var own = (step.Recordings ?? summary.Recordings).Where(recording => recording.Patient == patient).ToList();
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"{summary.Report.Id}/{number}/{patient.Name}"));
        return new()
        {
            Id = new Guid(id.AsSpan(0, 16)),
            At = step.At,
            Kind = step.Kind,
            By = step.By,
            Subject = own is [var one] ? one.Name : patient.Name,
            Detail = $"incident {summary.Report.Id}: {step.Detail}{FormatRecordings(own)}",
        };
    }

    private static string FirstStepKind(IncidentSource source) => source switch
    {
        IncidentSource.Patient or IncidentSource.Clinician => IncidentStepKinds.Reported,
        IncidentSource.Safeguard => IncidentStepKinds.DeliveryRejected,
        _ => IncidentStepKinds.Opened,
    };

    private static string FormatRecordings(List<RecordingId> own) => own.Count switch
    {
        <= 1 => "",
        <= MaxNamed => $" ({string.Join(' ', own.Select(r => r.ReplayId))})",
        _ => $" ({string.Join(' ', own.Take(MaxNamed).Select(r => r.ReplayId))} and {own.Count - MaxNamed} more)",
    };

    private static IEnumerable<PatientId> Patients(ImmutableArray<RecordingId> recordings) =>
        recordings.Select(recording => recording.Patient).Distinct();

    private static Decision<IncidentState> Reject(IncidentState state, ErrorCode error) => Decision<IncidentState>.Reject(state, error);
}
