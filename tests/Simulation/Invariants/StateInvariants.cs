using Replays.Grains;
using Replays.Grains.Identity;
using Replays.Simulation.Driver;

namespace Replays.Simulation.Invariants;

/// <summary>What holds after every step.</summary>
internal sealed class StateInvariants(World world)
{
    public void Check()
    {
        world.Require(world.Cluster.Deadlock is null, "Calls_go_one_way", $"{world.Cluster.Deadlock}");
        if (world.Cluster.Misroute is null && world.Expected.ErasureRequested.Count == 0)
            world.Require(world.NearMisses.Count == 0, "No_near_miss_without_a_defect", $"{world.NearMisses.Count} near misses");
        CheckBookings();
        CheckStops();
    }

    private void CheckBookings()
    {
        foreach (var consultation in world.Expected.Booked)
            world.Require(world.Durable.Entry(consultation) is not null, "Nothing_acknowledged_is_lost", $"the booking of {consultation}");
        foreach (var patient in World.Patients)
        {
            var newest = new Dictionary<string, DateTimeOffset>();
            foreach (var entry in world.Durable.Entries(patient))
            {
                if (entry.IdempotencyKey is not { Key: var key })
                    continue;
                world.Require(!newest.TryGetValue(key, out var at) || entry.BookedAt - at >= IdempotencyKey.Lifetime,
                    "An_idempotency_key_books_once", $"{entry.Name}");
                newest[key] = entry.BookedAt;
            }
        }
    }

    /// <summary>What an open incident holds, or a withdrawal took, is stopped.</summary>
    private void CheckStops()
    {
        foreach (var (name, incident) in world.Tables.IncidentRecordings)
        {
            var recording = RecordingId.Parse(name);
            if (world.Tables.Incidents[incident].IsOpen && world.Durable.Replay(recording) is not null)
                world.Require(world.Durable.IsStopped(recording), "What_an_open_incident_holds_is_stopped", $"{name}");
        }
        foreach (var recording in world.Expected.Withdrawn)
        {
            if (world.Durable.Replay(recording) is not null)
                world.Require(world.Durable.IsStopped(recording), "What_was_withdrawn_stays_stopped", $"{recording}");
        }
    }
}
