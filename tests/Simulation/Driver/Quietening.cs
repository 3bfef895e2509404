using Replays.Grains.Identity;
using Replays.Simulation.Histories;

namespace Replays.Simulation.Driver;

/// <summary>Lets everything finish: no faults, one activation per grain, time enough for every deadline.</summary>
internal sealed class Quietening(World world)
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromHours(2), TimeSpan.FromHours(26), TimeSpan.FromHours(26),
        TimeSpan.FromHours(2), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(15),
    ];

    /// <summary>Orleans deactivates a grain that was not called for so long.</summary>
    private static readonly TimeSpan IdleAge = TimeSpan.FromMinutes(15);

    private readonly WorkerActions _workers = new(world);

    public void Run()
    {
        world.Cluster.Faults.Begin(null);
        world.Cluster.BeginStep(0);
        while (world.Cluster.DelayedCalls > 0)
            _workers.DeliverDelayed(new Step(StepKind.DeliverDelayed));
        world.Cluster.RemoveSecondActivations();
        foreach (var wait in Waits)
        {
            world.Cluster.Clock.Advance(wait);
            if (wait >= IdleAge)
                world.TryCall(world.Cluster.DeactivateAll);
            Work();
        }
        TouchAll();
        for (var i = 0; i < 3; i++)
        {
            world.Cluster.Clock.Advance(TimeSpan.FromSeconds(15));
            Work();
        }
    }

    private void Work()
    {
        _workers.FireReminders();
        _workers.FireTimers();
        _workers.ProcessIncidents();
        _workers.PublishOutbox();
        _workers.Erase();
        _workers.FireTimers();
    }

    /// <summary>Somebody looks at every list and every consultation: what only waits for an activation has one.</summary>
    private void TouchAll()
    {
        foreach (var patient in World.Patients)
        {
            world.TryCall(() => world.Grains.Patient(patient).ListConsultations(100, null));
            foreach (var entry in world.Durable.Entries(patient).ToList())
                world.TryCall(() => world.Grains.Consultation(entry.Name).Get());
        }
    }
}
