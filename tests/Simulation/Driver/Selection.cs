using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Simulation.Histories;

namespace Replays.Simulation.Driver;

/// <summary>What a step's numbers select: the newest first, of what is stored when the step runs.</summary>
internal static class Selection
{
    public static PatientId Patient(this World world, Step step) => World.Patients[step.Patient];

    public static ConsultationMode Mode(this Step step) => (ConsultationMode)step.Mode;

    public static ConsultationId? Consultation(this World world, Step step)
    {
        var entries = world.Durable.Entries(world.Patient(step)).ToList();
        return entries.Count == 0 ? null : entries[^(1 + step.A % entries.Count)].Name;
    }

    public static RecordingId? Recording(this World world, Step step)
    {
        if (world.Consultation(step) is not { } consultation
            || world.Durable.Consultation(consultation) is not { Recordings.Length: > 0 and var count })
            return null;
        return consultation.Recording(count - step.B % count);
    }

    /// <summary>A patient's replays, the newest first.</summary>
    public static List<RecordingId> Replays(this World world, PatientId patient) =>
        [.. world.Durable.Entries(patient).SelectMany(entry => entry.Replays).Select(replay => replay.Name).Reverse()];

    public static string? Incident(this World world, Step step) =>
        world.Expected.Incidents.Count == 0 ? null : world.Expected.Incidents[^(1 + step.A % world.Expected.Incidents.Count)];
}
