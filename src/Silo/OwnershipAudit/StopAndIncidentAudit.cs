using System.Text.Json;
using Replays.Data.Incidents;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.StopList;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Checks that stops and incidents contain only valid names, and that each incident's report and state are its own.</summary>
internal sealed class StopAndIncidentAudit(StoredStates states, Findings findings)
{
    public async Task<AuditCounts> Check(AuditSnapshot snapshot, CancellationToken cancellation)
    {
        var stops = await snapshot.ReadStops(cancellation);
        foreach (var (kind, target) in stops)
        {
            var isValid = (StopKind)kind switch
            {
                StopKind.Quarantine or StopKind.Withdrawal => RecordingId.TryParseName(target, out _),
                StopKind.Suspension => target == Stop.Everyone || PatientId.TryParseName(target, out _),
                StopKind.Erasure => PatientId.TryParseName(target, out _),
                _ => false,
            };
            if (!isValid)
                findings.Add(FindingKinds.StopUnreadable, $"stops/{kind}/{target}");
        }
        var recordings = await snapshot.ReadIncidentRecordings(cancellation);
        foreach (var recording in recordings.Where(name => !RecordingId.TryParseName(name, out _)))
            findings.Add(FindingKinds.IncidentUnreadable, recording, "not a recording name");
        var incidents = await snapshot.ReadIncidents(cancellation);
        foreach (var (id, _) in incidents.Where(incident => ReadReport(incident.Report)?.Id != incident.Id))
            findings.Add(FindingKinds.IncidentUnreadable, $"incidents/{id}", "the report");
        await foreach (var row in snapshot.States(IncidentState.StateName, cancellation))
        {
            if (row.N0 != 0 || row.N1 != 0 || !row.Key.StartsWith("incidents/", StringComparison.Ordinal))
                findings.Add(FindingKinds.RowKey, row.NameIn(IncidentState.StateName));
            else if (row.Payload is not null && StoredStates.TryRead(states.Incidents, row.Payload)?.Owner is var owner && owner != row.Key)
            {
                if (owner is null)
                    findings.Add(FindingKinds.RowUnreadable, row.Key);
                else
                    findings.AddWrongOwner(row.Key, owner);
            }
        }
        return new() { Stops = stops.Count, Incidents = incidents.Count, OtherRows = await CountOthers(snapshot, cancellation) };
    }

    private static IncidentReport? ReadReport(string report)
    {
        try
        {
            return JsonSerializer.Deserialize<IncidentReport>(report, IncidentJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<long> CountOthers(AuditSnapshot snapshot, CancellationToken cancellation)
    {
        string[] known = [StoredStates.Header, StoredStates.Consultation, LedgerPage.StateName, TrailStorage.HeadState,
            TrailStorage.PageState, IncidentState.StateName];
        var others = 0L;
        await foreach (var state in snapshot.StateNames(cancellation))
            others += known.Contains(state) ? 0 : await snapshot.Count(state, cancellation);
        return others;
    }
}
