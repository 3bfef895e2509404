using System.Text.Json;
using Replays.Data.Incidents;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.StopList;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Stops and incidents name only what there could be, and each incident's report and record are its own.</summary>
internal sealed class StopAndIncidentAudit(StoredStates states, Findings findings)
{
    public async Task<AuditCounts> Check(AuditSnapshot snapshot, CancellationToken cancellation)
    {
        var stops = await snapshot.All("SELECT kind, target FROM replays_stop", row => (Kind: row.GetInt32(0), Target: row.GetString(1)), cancellation);
        foreach (var (kind, target) in stops)
        {
            var named = (StopKind)kind switch
            {
                StopKind.Quarantine or StopKind.Withdrawal => RecordingId.TryParseName(target, out _),
                StopKind.Suspension => target == Stop.Everyone || PatientId.TryParseName(target, out _),
                StopKind.Erasure => PatientId.TryParseName(target, out _),
                _ => false,
            };
            if (!named)
                findings.Add(FindingKinds.StopUnreadable, $"stops/{kind}/{target}");
        }
        foreach (var held in await snapshot.All("SELECT recording FROM replays_incident_recording", row => row.GetString(0), cancellation))
        {
            if (!RecordingId.TryParseName(held, out _))
                findings.Add(FindingKinds.IncidentUnreadable, held, "no recording's name");
        }
        var reports = await snapshot.All("SELECT id, report FROM replays_incident", row => (Id: row.GetString(0), Report: row.GetString(1)), cancellation);
        foreach (var (id, report) in reports)
        {
            if (ReadReport(report)?.Id != id)
                findings.Add(FindingKinds.IncidentUnreadable, $"incidents/{id}", "the report");
        }
        await foreach (var row in snapshot.States(IncidentState.StateName, cancellation))
        {
            if (row.N0 != 0 || row.N1 != 0 || !row.Key.StartsWith("incidents/", StringComparison.Ordinal))
                findings.Add(FindingKinds.RowKey, row.NameIn(IncidentState.StateName));
            else if (row.Payload is not null && ReadIncident(row.Payload) is var owner && owner != row.Key)
                findings.Add(owner is null ? FindingKinds.RowUnreadable : FindingKinds.RowOwner, row.Key, owner is null ? null : $"bears {owner}");
        }
        return new() { Stops = stops.Count, Incidents = reports.Count, OtherRows = await CountOthers(snapshot, cancellation) };
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

    private string? ReadIncident(byte[] payload)
    {
        try
        {
            return StoredStates.Read(states.Incidents, payload).Owner;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static async Task<long> CountOthers(AuditSnapshot snapshot, CancellationToken cancellation)
    {
        string[] known = [StoredStates.Head, StoredStates.Consultation, LedgerPage.StateName, TrailStorage.HeadState, TrailStorage.PageState, IncidentState.StateName];
        var others = 0L;
        await foreach (var state in snapshot.StateNames(cancellation))
            others += known.Contains(state) ? 0 : await snapshot.Count(state, cancellation);
        return others;
    }
}
