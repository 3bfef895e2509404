using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.StopList;
using Replays.Simulation.Faults;
using Replays.Simulation.Histories;
using Replays.Simulation.Runtime;

namespace Replays.Simulation.Driver;

/// <summary>
/// The silo's background work, in the order of its workers, and the runtime's own: time, timers, reminders, late messages.
/// </summary>
internal sealed class WorkerActions(World world)
{
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(30), ProcessingTimeout = TimeSpan.FromSeconds(10);

    private static readonly System.Reflection.MethodInfo ReceiveReminder =
        typeof(IRemindable).GetMethod(nameof(IRemindable.ReceiveReminder), [typeof(string), typeof(Orleans.Runtime.TickStatus)])!;

    private static readonly TimeSpan[] Durations =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(16), TimeSpan.FromMinutes(2), TimeSpan.FromHours(2), TimeSpan.FromHours(25),
        TimeSpan.FromHours(30),
    ];

    public void Advance(Step step)
    {
        var duration = Durations[step.A % Durations.Length];
        world.Outcome = $"{duration}";
        world.Cluster.Clock.Advance(duration);
    }

    public void FireTimers()
    {
        foreach (var timer in world.Cluster.Timers.FindDue())
            world.TryCall(() => world.Cluster.Fire(timer));
    }

    public void FireReminders()
    {
        foreach (var reminder in world.Cluster.Reminders.FindDue())
        {
            reminder.Due = world.Now + reminder.Period;
            world.TryCall(() => world.Cluster.Deliver<object>(new GrainCall(reminder.Grain, ReceiveReminder,
                [reminder.ReminderName, default(Orleans.Runtime.TickStatus)], null)));
        }
    }

    public void DeliverDelayed(Step step) => world.TryCall(() => world.Cluster.DeliverDelayed(step.A));

    public void Deactivate(Step step)
    {
        var grains = world.Cluster.ActiveGrains().ToList();
        if (grains.Count > 0)
            world.TryCall(() => world.Cluster.Deactivate(grains[(step.A * 4 + step.B) % grains.Count]));
    }

    public void Crash() => world.TryCall(() =>
    {
        world.Cluster.CrashAll();
        return Task.CompletedTask;
    });

    /// <summary>As the incident processor: near misses, then incidents whose last change was not followed.</summary>
    public void ProcessIncidents()
    {
        foreach (var (refusedBy, cause) in world.NearMisses.Drain())
        {
            var report = new IncidentReport
            {
                Id = IncidentReport.IdFor($"near-miss/{refusedBy}/{cause}"),
                Source = IncidentSource.Safeguard,
                ReportedAt = world.Now,
                By = Actor.System,
                Reason = $"{refusedBy}".ToLowerInvariant(),
                Cause = cause,
            };
            var log = world.Log;
            if (!world.TryCall(() => log.RecordOccurrence(report, 1)))
                world.NearMisses.Record(refusedBy, cause);
            else
                world.TryCall(() => world.Grains.Incident(report.Id).ProcessPending());
        }
        foreach (var id in world.Log.FindUnprocessed(ProcessingTimeout).GetAwaiter().GetResult())
            world.TryCall(() => world.Grains.Incident(id).ProcessPending());
    }

    /// <summary>As the audit outbox: an entry leaves it when its trail has it.</summary>
    public void PublishOutbox()
    {
        foreach (var row in world.Tables.AuditOutbox.ToList())
        {
            if (world.TryCall(() => world.Grains.AuditTrail(row.Patient).Append([row.Entry])))
                world.TryCall(() => Delete(row));
        }
    }

    /// <summary>As the erasure worker: key, media, consultations; later the trail's content and the ledger; the stops last.</summary>
    public void Erase()
    {
        foreach (var name in world.Stops.Current().Erased)
        {
            var patient = World.Patients.Single(one => one.Name == name);
            world.TryCall(() => Erase(patient));
        }
    }

    private Task Delete((PatientId, AuditEntry) row) => Task.FromResult(
        world.Cluster.Faults.Around(EffectKind.Database, "outbox: delete", () => world.Tables.AuditOutbox.Remove(row)));

    private async Task Erase(PatientId patient)
    {
        if (await world.Grains.Patient(patient).ResumeErasure())
        {
            await EraseConsultations(patient);
            var stop = (await world.Stops.FindByPatient(patient)).FirstOrDefault(one => one.Kind is StopKind.Erasure);
            if (world.Now - stop?.At < SettlingTime || world.Tables.AuditOutbox.Any(row => row.Patient == patient))
                return;
            for (int? from = 0; from is { } page;)
                from = await world.Grains.AuditTrail(patient).EraseContent(page);
            await world.Grains.Patient(patient).CompleteErasure();
        }
        await world.Stops.RemoveAll(patient);
        world.Outcome = "erased";
    }

    private async Task EraseConsultations(PatientId patient)
    {
        LedgerCursor? after = null;
        do
        {
            var slice = await world.Grains.Patient(patient).ListConsultations(100, after);
            foreach (var entry in slice.Items)
            {
                foreach (var replay in entry.Replays)
                    await world.Media.Delete(replay.ObjectKey, CancellationToken.None);
                await world.Grains.Consultation(entry.Name).Erase();
            }
            after = slice.Next;
        }
        while (after is not null);
    }
}
