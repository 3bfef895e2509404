using Replays.Grains.Incidents;
using Replays.Simulation.Histories;

namespace Replays.Simulation.Driver;

/// <summary>Runs one step: the fault is armed, the action taken, the clock moved on.</summary>
internal sealed class StepRunner(World world)
{
    private readonly ConsultationActions _consultations = new(world);
    private readonly RecordingActions _recordings = new(world);
    private readonly IncidentActions _incidents = new(world);
    private readonly PatientActions _patients = new(world);
    private readonly WorkerActions _workers = new(world);

    public void Run(Step step)
    {
        world.Outcome = "";
        world.Cluster.Clock.Advance(TimeSpan.FromMilliseconds(100));
        world.Cluster.BeginStep(step.Routing);
        world.Cluster.Faults.Begin(step.Fault);
        Act(step);
        world.Cluster.Faults.End();
    }

    private void Act(Step step)
    {
        Action action = step.Kind switch
        {
            StepKind.Book => () => _consultations.Book(step),
            StepKind.Start => () => _consultations.Start(step),
            StepKind.SwitchMode => () => _consultations.SwitchMode(step),
            StepKind.GrantConsent => () => _consultations.GrantConsent(step),
            StepKind.WithdrawConsent => () => _consultations.WithdrawConsent(step),
            StepKind.AttestConsent => () => _consultations.AttestConsent(step),
            StepKind.Join => () => _consultations.Join(step),
            StepKind.End => () => _consultations.End(step),
            StepKind.EndWrongPatient => () => _consultations.EndWrongPatient(step),
            StepKind.Cancel => () => _consultations.Cancel(step),
            StepKind.OpenRecording => () => _recordings.Open(step),
            StepKind.CloseRecording => () => _recordings.Close(step),
            StepKind.DiscardRecording => () => _recordings.Discard(step),
            StepKind.AcquireUploadLease => () => _recordings.AcquireUploadLease(step),
            StepKind.AcquireSealLease => () => _recordings.AcquireSealLease(step),
            StepKind.RenewLease => () => _recordings.RenewLease(step),
            StepKind.ReleaseLease => () => _recordings.ReleaseLease(step),
            StepKind.DeclareLength => () => _recordings.DeclareLength(step),
            StepKind.Deliver => () => _recordings.Deliver(step, withNewestLease: true),
            StepKind.DeliverWithOtherLease => () => _recordings.Deliver(step, withNewestLease: false),
            StepKind.Report => () => _incidents.Report(step),
            StepKind.AddToIncident => () => _incidents.AddToIncident(step),
            StepKind.Restore => () => _incidents.Resolve(step, IncidentOutcome.Restored),
            StepKind.WithdrawIncident => () => _incidents.Resolve(step, IncidentOutcome.Withdrawn),
            StepKind.Approve => () => _incidents.Approve(step),
            StepKind.SetHold => () => _patients.SetHold(step, "dispute"),
            StepKind.LiftHold => () => _patients.SetHold(step, null),
            StepKind.BeginErasure => () => _patients.BeginErasure(step),
            StepKind.Suspend => () => _patients.Suspend(step),
            StepKind.Resume => () => _patients.Resume(step),
            StepKind.ListReplays => () => _patients.List(step),
            StepKind.OpenReplay => () => _patients.Open(step),
            StepKind.Advance => () => _workers.Advance(step),
            StepKind.FireTimers => _workers.FireTimers,
            StepKind.FireReminders => _workers.FireReminders,
            StepKind.ProcessIncidents => _workers.ProcessIncidents,
            StepKind.PublishOutbox => _workers.PublishOutbox,
            StepKind.Erase => _workers.Erase,
            StepKind.DeliverDelayed => () => _workers.DeliverDelayed(step),
            StepKind.Deactivate => () => _workers.Deactivate(step),
            StepKind.Crash => _workers.Crash,
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
        action();
    }
}
