using System.Collections.Immutable;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Simulation.Histories;

namespace Replays.Simulation.Driver;

/// <summary>Reports, and what officers decide about incidents.</summary>
internal sealed class IncidentActions(World world)
{
    private int _reports;

    /// <summary>Reports a patient's replays, as the patient or as an officer, who may hold what another incident holds already.</summary>
    /// <param name="step">A: which replay; B: 0 as the patient, 1 as the officer, 2 all of them.</param>
    public void Report(Step step)
    {
        var patient = world.Patient(step);
        var replays = world.Replays(patient);
        if (replays.Count == 0)
            return;
        var asOfficer = step.B % 2 == 1;
        var report = new IncidentReport
        {
            Id = IncidentReport.IdFor($"report/{++_reports}"),
            Source = asOfficer ? IncidentSource.Officer : IncidentSource.Patient,
            ReportedAt = world.Now,
            By = asOfficer ? World.Officers[0] : World.ActorFor(patient),
            Reason = "not-mine",
            Recordings = step.B % 4 >= 2 ? [.. replays] : [replays[step.A % replays.Count]],
        };
        var isAnswered = world.TryCall(() => world.Stops.Quarantine(report, evenIfQuarantined: asOfficer), out var result);
        if (world.Tables.Incidents.ContainsKey(report.Id))
            world.Expected.Incidents.Add(report.Id);
        if (!isAnswered || result.Incident is null)
            return;
        foreach (var recording in result.Incident.Recordings)
            world.Require(world.Durable.IsStopped(recording), "Acknowledged_report_is_stored", $"{recording}");
        world.TryCall(() => world.Grains.Incident(result.Incident.Id).ProcessPending());
    }

    public void AddToIncident(Step step)
    {
        var replays = world.Replays(world.Patient(step));
        if (world.Incident(step) is not { } id || replays.Count == 0)
            return;
        ImmutableArray<RecordingId> recordings = [replays[step.B % replays.Count]];
        if (world.Call(() => world.Grains.Incident(id).AddRecordings(recordings, "also", World.Officers[0])) is not null)
            world.Require(world.Durable.IsStopped(recordings[0]), "Acknowledged_report_is_stored", $"{recordings[0]}");
    }

    public void Resolve(Step step, IncidentOutcome outcome)
    {
        if (world.Incident(step) is not { } id)
            return;
        if (outcome is IncidentOutcome.Restored)
            world.Expected.RestoreRequested.Add(id);
        if (world.Call(() => world.Grains.Incident(id).Resolve(outcome, "reviewed", World.Officers[0])) is null)
            return;
        world.Require(world.Durable.Incident(id)?.Resolution?.Outcome == outcome, "Acknowledged_resolution_is_stored", $"{id}");
        if (outcome is IncidentOutcome.Withdrawn)
            world.Expected.Withdrawn.UnionWith(world.Tables.RecordingsOf(id).Select(name => RecordingId.Parse(name)));
    }

    /// <param name="step">B: which officer.</param>
    public void Approve(Step step)
    {
        if (world.Incident(step) is not { } id)
            return;
        var officer = World.Officers[step.B % 2];
        if (world.Call(() => world.Grains.Incident(id).Approve(officer)) is null)
            return;
        var resolution = world.Durable.Incident(id)?.Resolution;
        world.Require(resolution?.ApprovedBy is not null, "Acknowledged_approval_is_stored", $"{id}");
        world.Require(resolution?.ApprovedBy?.Subject != resolution?.By.Subject, "Two_officers_destroy_keys", $"{id}");
    }
}
