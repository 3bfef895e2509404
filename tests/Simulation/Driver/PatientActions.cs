using Replays.Grains;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.StopList;
using Replays.Simulation.Histories;
using ErrorCode = Replays.Grains.ErrorCode;

namespace Replays.Simulation.Driver;

/// <summary>Holds, erasure and suspension of a patient, and the reader of the patient's list.</summary>
internal sealed class PatientActions(World world)
{
    private static readonly ReplayQuery All = new() { Limit = 100 };

    public void SetHold(Step step, string? reason)
    {
        var patient = world.Patient(step);
        if (world.TryCall(() => world.Grains.Patient(patient).SetLegalHold(reason, World.Officers[0]), out var error)
            && error is ErrorCode.None)
            world.Require(world.Durable.Header(patient)?.LegalHold?.Reason == reason, "Acknowledged_hold_is_stored", $"{patient}");
    }

    public void BeginErasure(Step step)
    {
        var patient = world.Patient(step);
        world.Expected.ErasureRequested.Add(patient);
        if (!world.TryCall(() => world.Grains.Patient(patient).BeginErasure(World.ActorFor(patient)), out var error)
            || error is not ErrorCode.None)
            return;
        world.Require(world.Durable.IsErasing(patient), "Acknowledged_erasure_is_stored", $"{patient}");
        world.Require(!world.Durable.HasKey(patient), "Acknowledged_erasure_destroys_the_key", $"{patient}");
    }

    public void Suspend(Step step) => world.TryCall(() =>
        world.Stops.Suspend(step.A % 2 == 0 ? world.Patient(step) : null, (StopScope)(step.B % 2), World.Officers[0], "drill"));

    public void Resume(Step step) =>
        world.TryCall(() => world.Stops.Resume(step.A % 2 == 0 ? world.Patient(step) : null, World.Officers[0], "drill over"));

    /// <summary>Lists as the reader does: the stop list is asked after the grain has answered.</summary>
    public void List(Step step)
    {
        var patient = world.Patient(step);
        if (!world.TryCall(() => world.Grains.Patient(patient).ListReplays(All), out var page))
            return;
        var stops = world.Stops.Current();
        if (stops.PatientVisibility(patient) is not Visibility.Visible)
            return;
        var shown = page.Items.Where(listed => stops.ListingVisibility(listed.Replay.Name) is Visibility.Visible).ToList();
        world.Outcome = $"{shown.Count} shown";
        foreach (var listed in shown)
            RequireMayBeShown(patient, listed.Replay.Name);
        world.Require(shown.DistinctBy(listed => listed.Replay.Name).Count() == shown.Count, "Nothing_is_listed_twice", $"{patient}");
    }

    public void Open(Step step)
    {
        var patient = world.Patient(step);
        var replays = world.Replays(patient);
        if (replays.Count == 0)
            return;
        var replay = replays[step.A % replays.Count];
        if (!world.TryCall(() => world.Grains.Patient(patient).OpenReplay(replay), out var media) || media is null)
            return;
        var name = media.Listed.Replay.Name;
        if (world.Stops.Current().MediaVisibility(name) is not Visibility.Visible)
            return;
        world.Outcome = $"{name} shown";
        RequireMayBeShown(patient, name);
        world.Require(world.Durable.Replay(name) is { WrappedKey: not null } && world.Durable.HasKey(patient),
            "Nothing_is_played_without_its_key", $"{name}");
    }

    private void RequireMayBeShown(PatientId patient, RecordingId replay)
    {
        world.Require(replay.Patient == patient, "Nothing_in_another_patients_list", $"{replay} was shown to {patient}");
        world.Require(!world.Expected.Withdrawn.Contains(replay), "Nothing_stopped_is_shown", $"{replay} was withdrawn");
        world.Require(!world.Durable.IsErasing(patient), "Nothing_stopped_is_shown", $"{patient} is being erased");
        world.Require(world.Durable.Replay(replay) is not null, "Nothing_erased_is_shown", $"{replay}");
        world.Require(!world.Tables.IncidentRecordings.Any(row => row.Recording == replay.Name
            && world.Tables.Incidents[row.Incident].IsOpen
            && !world.Expected.RestoreRequested.Contains(row.Incident)), "Nothing_stopped_is_shown", $"{replay} is in an open incident");
    }
}
