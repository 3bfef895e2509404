using System.Diagnostics;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.Tests.Consultations;
using Safeguard = Replays.Grains.Safeguards.Safeguard;

namespace Replays.Grains.Tests.Safeguards;

/// <summary>A fault by which a replay could reach a stranger.</summary>
/// <param name="Name">As in the threat model.</param>
/// <param name="Stranger">Who must not have it.</param>
/// <param name="RefusedBy">The locks of which each one alone refuses.</param>
/// <param name="Commit">Commits it; returns where the media are that must not be reached, null when it was refused before there were any.</param>
internal sealed record Fault(string Name, Safeguard[] RefusedBy, Func<SafeguardFixture, PatientId, Task<string?>> Commit)
{
    public static readonly Fault[] All =
    [
        new("The right consultation delivers the right recording to another patient's grain", [Safeguard.Name, Safeguard.Ledger, Safeguard.Key],
            async (lab, stranger) =>
            {
                await lab.Begin(stranger);
                var replay = await lab.Owner();
                await lab.Misbehave(replay.Name.Consultation, () => Deliver(lab, stranger, replay));
                return replay.ObjectKey;
            }),
        new("A consultation takes its participant from elsewhere and renames its recording", [Safeguard.Caller, Safeguard.Key],
            async (lab, stranger) =>
            {
                var other = await lab.Begin(stranger);
                var replay = await lab.Owner();
                await lab.Misbehave(replay.Name.Consultation, () => Deliver(lab, stranger, replay with { Name = other.Recording(1) }));
                return replay.ObjectKey;
            }),
        new("A client delivers by itself", [Safeguard.Caller, Safeguard.Key],
            async (lab, stranger) =>
            {
                var other = await lab.Begin(stranger);
                var replay = await lab.Owner();
                await Deliver(lab, stranger, replay with { Name = other.Recording(1) });
                return replay.ObjectKey;
            }),
        new("A patient's ledger row holds another patient's page", [Safeguard.Name, Safeguard.Record, Safeguard.Key],
            async (lab, stranger) =>
            {
                var other = await lab.Begin(stranger);
                var replay = await lab.Owner();
                LedgerPage? page = null;
                await lab.Tamper(replay.Name.Consultation, stored => page = stored);
                await lab.Tamper(other, _ => page!);
                return replay.ObjectKey;
            }),
        new("A consultation's row holds another consultation's record, verified and not delivered yet", [Safeguard.Record, Safeguard.Key],
            async (lab, stranger) =>
            {
                var other = await lab.Begin(stranger);
                var owner = await lab.Begin(Backend.NewPatient());
                await lab.Open(owner, await lab.Join(owner));
                ConsultationState? state = null;
                await Tamper(lab, owner, stored => state = stored);
                await Tamper(lab, other, _ => state!.WithRecording(state.Recordings[0] with { Status = RecordingStatus.Closed, Sealed = Backend.Media() }));
                await Touch(lab, other);
                return state!.Recordings[0].ObjectKey;
            }),
        new("A stored replay refers to another patient's media and data key", [Safeguard.Key],
            async (lab, stranger) =>
            {
                var other = await lab.Begin(stranger);
                var replay = await lab.Owner();
                await lab.Tamper(
                    other, page => page.WithEntry(page.Entries[0] with { Replays = [replay with { Name = other.Recording(1) }] }));
                return replay.ObjectKey;
            }),
        new("A consultation is booked under the wrong patient's name", [Safeguard.Presence],
            async (lab, stranger) =>
            {
                var booked = await lab.Begin(stranger);
                return await Record(lab, booked, null);
            }),
        new("A recorder swaps two rooms", [Safeguard.Presence],
            async (lab, stranger) =>
            {
                var (room, other) = (await lab.Begin(Backend.NewPatient()), await lab.Begin(stranger));
                await lab.Join(other);
                return await Record(lab, other, await lab.Join(room));
            }),
    ];

    private static Task Deliver(SafeguardFixture lab, PatientId to, Replay replay) =>
        lab.Grains.Patient(to).AcceptReplay(new Delivery(replay, Backend.Recorder));

    private static Task Tamper(SafeguardFixture lab, ConsultationId consultation, Func<ConsultationState, ConsultationState> change)
    {
        var grain = lab.Grains.Consultation(consultation);
        return lab.Tamper("consultation", grain.GetGrainId(), grain, change);
    }

    /// <summary>Has the consultation take up what it owes, and waits for what comes of it.</summary>
    private static async Task Touch(SafeguardFixture lab, ConsultationId consultation)
    {
        try
        {
            await lab.Grains.Consultation(consultation).Get();
            var waited = Stopwatch.StartNew();
            while ((await lab.Grains.Patient(consultation.Patient).ListReplays(new ReplayQuery { Limit = 1 })).Items.IsEmpty)
                Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "The consultation did not take up what it owes.");
        }
        catch (OwnershipMismatchException)
        {
            // It owes nothing: its record is not its own.
        }
    }

    private static async Task<string?> Record(SafeguardFixture lab, ConsultationId consultation, string? presence)
    {
        if ((await lab.Open(consultation, presence)).Value is not { } opened)
            return null;
        Assert.Equal(ErrorCode.None, await lab.Seal(opened.Name));
        return (await lab.Grains.Patient(consultation.Patient).FindReplay(opened.Name))!.Replay.ObjectKey;
    }
}
