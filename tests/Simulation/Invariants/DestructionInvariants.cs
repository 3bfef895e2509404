using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Simulation.Driver;

namespace Replays.Simulation.Invariants;

/// <summary>What may be destroyed for good, and when.</summary>
internal sealed class DestructionInvariants(World world)
{
    public void CheckPatientKey(PatientId patient)
    {
        world.Require(!world.Durable.HasLegalHold(patient), "Nothing_on_hold_is_destroyed", $"the key of {patient}");
        world.Require(world.Durable.IsErasing(patient), "A_patients_key_is_destroyed_only_by_erasure", $"{patient}");
    }

    public void CheckMedia(string objectKey)
    {
        foreach (var patient in World.Patients)
        {
            if (world.Durable.IsErasing(patient))
                continue;
            foreach (var entry in world.Durable.Entries(patient))
            {
                world.Require(entry.Replays.All(replay => replay.ObjectKey != objectKey),
                    "Media_of_a_replay_are_never_deleted", $"of {entry.Name}");
                if (world.Durable.Consultation(entry.Name)?.Recordings.Any(recording => recording.ObjectKey == objectKey) is true)
                    world.Require(entry.Status is ConsultationStatus.Settled, "Media_are_deleted_only_after_settling", $"of {entry.Name}");
            }
        }
    }
}
