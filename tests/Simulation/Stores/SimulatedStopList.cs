using System.Collections.Immutable;
using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.StopList;
using Replays.Simulation.Faults;

namespace Replays.Simulation.Stores;

/// <summary>The stop list of one process: what was written last holds. Its transactions are those of <c>StopRepository</c>.</summary>
internal class SimulatedStopList(StopTables tables, FaultInjector faults, TimeProvider time) : IStopList
{
    protected StopTables Tables => tables;

    public StopListSnapshot Current() => new(tables.Stops.Values);

    public Task<QuarantineResult> Quarantine(IncidentReport report, bool evenIfQuarantined, CancellationToken cancellation) =>
        Change("quarantine", () =>
        {
            if (tables.Incidents.TryGetValue(report.Id, out var known))
                return new(known.Report, false);
            var names = report.Recordings.Select(one => one.Name).Distinct().ToList();
            var inserted = Insert(StopKind.Quarantine, names, report.Id, report.By, report.Reason);
            var held = evenIfQuarantined ? names : inserted;
            if (!evenIfQuarantined && held.Count == 0)
                return new(FindOwn(report), false);
            report = report with { Recordings = [.. held.Select(name => RecordingId.Parse(name))] };
            tables.Insert(report, 1);
            Hold(report.Id, held);
            return new QuarantineResult(report, true);
        });

    public Task Quarantine(string incident, ImmutableArray<RecordingId> recordings, Actor by, CancellationToken cancellation) =>
        Change("quarantine more", () =>
        {
            var names = recordings.Select(one => one.Name).Distinct().ToList();
            Insert(StopKind.Quarantine, names, incident, by, null);
            Hold(incident, names);
            return true;
        });

    public virtual Task Restore(string incident, CancellationToken cancellation) => Change("restore", () =>
    {
        foreach (var stop in QuarantinesOf(incident))
        {
            var other = tables.IncidentRecordings.Where(row => row.Recording == stop.Target && row.Incident != incident
                && tables.Incidents[row.Incident].IsOpen).Select(row => row.Incident).Min(StringComparer.Ordinal);
            if (other is not null)
                tables.Stops[(stop.Target, stop.Kind)] = stop with { Incident = other };
        }
        Release(incident);
        return true;
    });

    public Task Withdraw(string incident, Actor by, CancellationToken cancellation) => Change("withdraw incident", () =>
    {
        foreach (var name in tables.RecordingsOf(incident))
            tables.Stops.TryAdd((name, StopKind.Withdrawal), NewStop(StopKind.Withdrawal, name, incident, by, "withdrawn"));
        Release(incident);
        return true;
    });

    public virtual Task Withdraw(ImmutableArray<RecordingId> recordings, Actor by, string reason, CancellationToken cancellation) =>
        Change("withdraw", () => Insert(StopKind.Withdrawal, recordings.Select(one => one.Name), null, by, reason).Count > 0);

    public Task Suspend(PatientId? patient, StopScope scope, Actor by, string reason, CancellationToken cancellation) =>
        Change("suspend", () =>
        {
            var target = Stop.TargetOf(patient);
            tables.Stops[(target, StopKind.Suspension)] = NewStop(StopKind.Suspension, target, null, by, reason) with { Scope = scope };
            AddAuditEntry(patient, "playback.suspended", by, $"{scope}: {reason}");
            return true;
        });

    public Task Resume(PatientId? patient, Actor by, string reason, CancellationToken cancellation) => Change("resume", () =>
    {
        var isChanged = tables.Stops.Remove((Stop.TargetOf(patient), StopKind.Suspension));
        if (isChanged)
            AddAuditEntry(patient, "playback.resumed", by, reason);
        return isChanged;
    });

    public Task<ImmutableArray<SuspensionChange>> GetHistory(PatientId? patient, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<bool> Erase(PatientId patient, Actor by, CancellationToken cancellation) => Change("erase", () =>
    {
        if (tables.IsInOpenIncident(patient))
            return false;
        if (Insert(StopKind.Erasure, [patient.Name], null, by, null).Count > 0)
            AddAuditEntry(patient, AuditEntryKinds.PatientErased, by, null);
        return true;
    });

    public Task RemoveAll(PatientId patient, CancellationToken cancellation) => Change("remove all stops", () =>
    {
        foreach (var key in tables.Stops.Keys.Where(key => IsOf(patient, key.Target)).ToList())
            tables.Stops.Remove(key);
        return true;
    });

    public Task<ImmutableArray<Stop>> FindByPatient(PatientId patient, CancellationToken cancellation) =>
        Task.FromResult(tables.Stops.Values.Where(stop => IsOf(patient, stop.Target)).ToImmutableArray());

    public Task WaitForPropagation(CancellationToken cancellation) => Task.CompletedTask;

    protected Task<T> Change<T>(string description, Func<T> change) =>
        Task.FromResult(faults.Around(EffectKind.Database, $"stop list: {description}", change));

    protected IEnumerable<Stop> QuarantinesOf(string incident) =>
        tables.Stops.Values.Where(stop => stop.Incident == incident && stop.Kind is StopKind.Quarantine).ToList();

    protected void Release(string incident)
    {
        foreach (var stop in QuarantinesOf(incident))
            tables.Stops.Remove((stop.Target, stop.Kind));
        if (tables.Incidents.TryGetValue(incident, out var row))
            row.IsOpen = false;
    }

    private IncidentReport? FindOwn(IncidentReport report) => tables.Incidents.Values
        .Where(row => row.IsOpen && row.Report.By.Subject == report.By.Subject && report.Recordings.Any(one =>
            tables.Stops.TryGetValue((one.Name, StopKind.Quarantine), out var stop) && stop.Incident == row.Report.Id))
        .OrderBy(row => row.Report.ReportedAt).ThenBy(row => row.Report.Id, StringComparer.Ordinal).FirstOrDefault()?.Report;

    private List<string> Insert(StopKind kind, IEnumerable<string> names, string? incident, Actor by, string? reason) =>
        [.. names.ToList().Where(name =>
            !tables.Stops.ContainsKey((name, StopKind.Withdrawal))
            && !tables.IsErasing(PatientId.Parse(name.Split('/')[1]))
            && tables.Stops.TryAdd((name, kind), NewStop(kind, name, incident, by, reason)))];

    private void Hold(string incident, IEnumerable<string> names)
    {
        foreach (var name in names.Where(name => !tables.IncidentRecordings.Contains((name, incident))).ToList())
            tables.IncidentRecordings.Add((name, incident));
    }

    private void AddAuditEntry(PatientId? patient, string kind, Actor by, string? detail)
    {
        if (patient is { } subject)
        {
            tables.AuditOutbox.Add((subject, new AuditEntry
            {
                Id = Guid.NewGuid(),
                At = time.GetUtcNow(),
                Kind = kind,
                By = by,
                Subject = subject.Name,
                Detail = detail,
            }));
        }
    }

    private Stop NewStop(StopKind kind, string target, string? incident, Actor by, string? reason) =>
        new() { Kind = kind, Target = target, Incident = incident, By = by, At = time.GetUtcNow(), Reason = reason };

    private static bool IsOf(PatientId patient, string target) =>
        target == patient.Name || target.StartsWith(patient.Name + "/", StringComparison.Ordinal);
}
