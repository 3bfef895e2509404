using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.Tests.Consultations;

namespace Replays.Grains.Tests.Safeguards;

/// <summary>A fault by which a replay could reach a stranger.</summary>
/// <param name="Name">As in the threat model.</param>
/// <param name="DeniedBy">The safeguards each of which denies the fault alone.</param>
/// <param name="Inject">
/// Injects the fault against a stranger. Returns the object key of the media that the stranger must not reach; null if the fault was denied
/// before there were any.
/// </param>
internal sealed record Fault(string Name, Safeguard[] DeniedBy, Func<SafeguardFixture, PatientId, Task<string?>> Inject)
{
    public static readonly Fault[] All =
    [
        new("The right consultation delivers the right recording to another patient's grain",
            [Safeguard.Name, Safeguard.Ledger, Safeguard.Key],
            async (fixture, stranger) =>
            {
                await fixture.StartConsultation(stranger);
                var replay = await fixture.DeliverReplay();
                await fixture.InjectDefect(replay.Name.Consultation, () => Deliver(fixture, stranger, replay));
                return replay.ObjectKey;
            }),
        new("A consultation takes its patient from elsewhere and renames its recording", [Safeguard.Caller, Safeguard.Key],
            async (fixture, stranger) =>
            {
                var other = await fixture.StartConsultation(stranger);
                var replay = await fixture.DeliverReplay();
                await fixture.InjectDefect(
                    replay.Name.Consultation, () => Deliver(fixture, stranger, replay with { Name = other.Recording(1) }));
                return replay.ObjectKey;
            }),
        new("A client delivers by itself", [Safeguard.Caller, Safeguard.Key],
            async (fixture, stranger) =>
            {
                var other = await fixture.StartConsultation(stranger);
                var replay = await fixture.DeliverReplay();
                await Deliver(fixture, stranger, replay with { Name = other.Recording(1) });
                return replay.ObjectKey;
            }),
        new("A patient's ledger row holds another patient's page", [Safeguard.Name, Safeguard.Record, Safeguard.Key],
            async (fixture, stranger) =>
            {
                var other = await fixture.StartConsultation(stranger);
                var replay = await fixture.DeliverReplay();
                LedgerPage? page = null;
                await fixture.ModifyLedgerPage(replay.Name.Consultation, stored => page = stored);
                await fixture.ModifyLedgerPage(other, _ => page!);
                return replay.ObjectKey;
            }),
        new("A consultation's row holds another consultation's record, verified and not delivered yet", [Safeguard.Record, Safeguard.Key],
            async (fixture, stranger) =>
            {
                var other = await fixture.StartConsultation(stranger);
                var source = await fixture.StartConsultation(Backend.NewPatient());
                await fixture.OpenRecording(source, await fixture.Join(source));
                ConsultationState? state = null;
                await fixture.ModifyConsultation(source, stored => state = stored);
                await fixture.ModifyConsultation(other, _ => state!.WithRecording(
                    state.Recordings[0] with { Status = RecordingStatus.Closed, Media = Backend.NewMedia() }));
                await WaitForDelivery(fixture, other);
                return state!.Recordings[0].ObjectKey;
            }),
        new("A stored replay refers to another patient's media and data key", [Safeguard.Key],
            async (fixture, stranger) =>
            {
                var other = await fixture.StartConsultation(stranger);
                var replay = await fixture.DeliverReplay();
                await fixture.ModifyLedgerPage(
                    other, page => page.WithEntry(page.Entries[0] with { Replays = [replay with { Name = other.Recording(1) }] }));
                return replay.ObjectKey;
            }),
        new("A consultation is booked under the wrong patient's name", [Safeguard.Presence],
            async (fixture, stranger) => await Record(fixture, await fixture.StartConsultation(stranger), presence: null)),
        new("A recorder swaps two rooms", [Safeguard.Presence],
            async (fixture, stranger) =>
            {
                var (room, other) = (await fixture.StartConsultation(Backend.NewPatient()), await fixture.StartConsultation(stranger));
                await fixture.Join(other);
                return await Record(fixture, other, await fixture.Join(room));
            }),
    ];

    private static Task Deliver(SafeguardFixture fixture, PatientId to, Replay replay) =>
        fixture.Grains.Patient(to).AcceptReplay(new Delivery(replay, Backend.Recorder));

    /// <summary>Activates the consultation, which then delivers its verified recording.</summary>
    private static async Task WaitForDelivery(SafeguardFixture fixture, ConsultationId consultation)
    {
        try
        {
            await fixture.Grains.Consultation(consultation).Get();
            await Eventually.Holds(
                async () => !(await fixture.Grains.Patient(consultation.Patient).ListReplays(new ReplayQuery { Limit = 1 })).Items.IsEmpty,
                "The consultation did not deliver its verified recording.");
        }
        catch (OwnershipMismatchException)
        {
            // The record safeguard denies the activation, so nothing is delivered.
        }
    }

    private static async Task<string?> Record(SafeguardFixture fixture, ConsultationId consultation, string? presence)
    {
        if ((await fixture.OpenRecording(consultation, presence)).Value is not { } opened)
            return null;
        Assert.Equal(ErrorCode.None, await fixture.Seal(opened.Name));
        return (await fixture.Grains.Patient(consultation.Patient).FindReplay(opened.Name))!.Replay.ObjectKey;
    }
}
