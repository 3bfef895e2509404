using System.Collections.Immutable;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Simulation.Faults;

namespace Replays.Simulation.Stores;

internal sealed class SimulatedIncidentLog(StopTables tables, FaultInjector faults, TimeProvider time) : IIncidentLog
{
    public Task<IncidentSummary?> Find(string id, CancellationToken cancellation) =>
        Task.FromResult(tables.Incidents.TryGetValue(id, out var row) ? Summary(row) : null);

    public Task<ImmutableArray<IncidentSummary>> List(bool? open, int limit, IncidentCursor? after, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<ImmutableArray<IncidentSummary>> FindByReporter(string subject, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<string?> FindNewestIfMany(string subject, int many, CancellationToken cancellation) => throw new NotSupportedException();

    public Task RecordOccurrence(IncidentReport report, long times, CancellationToken cancellation) => Change("record occurrence", () =>
        tables.Insert(report, times));

    public Task MarkUnprocessed(string id, CancellationToken cancellation) => Change("mark unprocessed", () =>
    {
        if (tables.Incidents.TryGetValue(id, out var row))
            row.IsProcessed = false;
    });

    public Task MarkProcessed(string id, bool open, DateTimeOffset? dueAt, CancellationToken cancellation) => Change("mark processed", () =>
    {
        if (tables.Incidents.TryGetValue(id, out var row))
            (row.IsProcessed, row.IsOpen, row.DueAt) = (true, open, dueAt);
    });

    public Task<ImmutableArray<string>> FindUnprocessed(TimeSpan olderThan, CancellationToken cancellation) => Task.FromResult(
        tables.Incidents.Values.Where(row => !row.IsProcessed && row.Report.ReportedAt < time.GetUtcNow() - olderThan)
            .OrderBy(row => row.Report.ReportedAt).Select(row => row.Report.Id).Take(100).ToImmutableArray());

    public Task<(long Open, DateTimeOffset? FirstDue)> GetSummary(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> IsInOpenIncident(PatientId patient, CancellationToken cancellation) =>
        Task.FromResult(tables.IsInOpenIncident(patient));

    private IncidentSummary Summary(StopTables.IncidentRow row) => new(
        row.Report, [.. tables.RecordingsOf(row.Report.Id).Select(name => RecordingId.Parse(name))], row.IsOpen, row.DueAt,
        row.Occurrences);

    private Task Change(string description, Action change)
    {
        faults.Around(EffectKind.Database, $"incident log: {description}", () =>
        {
            change();
            return true;
        });
        return Task.CompletedTask;
    }
}
