using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Simulation.Driver;

namespace Replays.Simulation.Invariants;

/// <summary>Checks every change at the moment it becomes durable.</summary>
internal sealed class CommitInvariants
{
    private readonly LedgerInvariants _ledger;
    private readonly ConsultationInvariants _consultation;
    private readonly AuditInvariants _audit;
    private readonly World _world;

    public CommitInvariants(World world)
    {
        _world = world;
        _audit = new(world);
        _ledger = new(world, _audit);
        _consultation = new(world, _audit);
        var destruction = new DestructionInvariants(world);
        world.Cluster.Storage.Committed = Check;
        world.Media.Deleting = destruction.CheckMedia;
        world.Keys.Destroying = destruction.CheckPatientKey;
    }

    private void Check(string stateName, string key, object? before, object? after)
    {
        switch (stateName)
        {
            case LedgerPage.StateName:
                _ledger.CheckPage(PatientOf(key), before as LedgerPage, after as LedgerPage);
                break;
            case LedgerHeader.StateName:
                _ledger.CheckHeader(PatientOf(key), before as LedgerHeader, after as LedgerHeader);
                break;
            case ConsultationState.StateName:
                _consultation.Check(ConsultationId.Parse(key), before as ConsultationState, after as ConsultationState);
                break;
            case TrailStorage.PageState:
                _audit.CheckTrailPage(before as TrailPage, after as TrailPage);
                break;
            case IncidentState.StateName:
                CheckIncident(before as IncidentState, (IncidentState)after!);
                break;
        }
    }

    private void CheckIncident(IncidentState? before, IncidentState after)
    {
        _world.Require(before is null || after.Steps.Take(before.Steps.Length).SequenceEqual(before.Steps),
            "Incident_steps_are_never_lost", $"{after.Owner}");
        _world.Require(before?.Resolution is not { } resolution || after.Resolution?.Outcome == resolution.Outcome
            || after.Steps[^1].Kind == IncidentStepKinds.Reopened, "A_resolution_is_not_replaced", $"{after.Owner}");
        _world.Require(before is null || after.ProcessedSteps >= before.ProcessedSteps, "Incident_steps_are_never_lost", $"{after.Owner}");
    }

    private static PatientId PatientOf(string key) => PatientId.Parse(key.Split('/')[1]);
}
