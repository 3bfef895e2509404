using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.StopList;

namespace Replays.Simulation.Stores;

/// <summary>The tables that stop list, incident log and audit outbox share. Every change is one transaction.</summary>
internal sealed class StopTables
{
    public SortedDictionary<(string Target, StopKind Kind), Stop> Stops { get; } = new(ByName);

    public SortedDictionary<string, IncidentRow> Incidents { get; } = new(StringComparer.Ordinal);

    /// <summary>Which recordings are in which incident.</summary>
    public List<(string Recording, string Incident)> IncidentRecordings { get; } = [];

    public List<(PatientId Patient, AuditEntry Entry)> AuditOutbox { get; } = [];

    private static Comparer<(string Target, StopKind Kind)> ByName { get; } = Comparer<(string Target, StopKind Kind)>.Create(
        (a, b) => string.CompareOrdinal(a.Target, b.Target) is var order and not 0 ? order : a.Kind.CompareTo(b.Kind));

    public IEnumerable<string> RecordingsOf(string incident) =>
        IncidentRecordings.Where(row => row.Incident == incident).Select(row => row.Recording).Order(StringComparer.Ordinal);

    public bool IsInOpenIncident(PatientId patient) => Incidents.Values.Any(incident => incident.IsOpen
        && (incident.Report.By.Subject == patient.Value
            || RecordingsOf(incident.Report.Id).Any(name => name.StartsWith(patient.Name + "/", StringComparison.Ordinal))));

    public bool IsErasing(PatientId patient) => Stops.ContainsKey((patient.Name, StopKind.Erasure));

    /// <summary>Writes a report down; one of the same id is counted, and open again.</summary>
    public void Insert(IncidentReport report, long times)
    {
        if (!Incidents.TryGetValue(report.Id, out var row))
        {
            Incidents[report.Id] = new() { Report = report, Occurrences = times, DueAt = Incident.DueAt(report.Source, report.ReportedAt) };
            return;
        }
        row.Occurrences += times;
        row.IsProcessed &= row.IsOpen;
        row.IsOpen = true;
    }

    internal sealed class IncidentRow
    {
        public required IncidentReport Report { get; init; }

        public required long Occurrences { get; set; }

        public bool IsOpen { get; set; } = true;

        public bool IsProcessed { get; set; }

        public DateTimeOffset? DueAt { get; set; }
    }
}
