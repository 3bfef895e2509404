using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Storage;
using Replays.Grains.Tests.Consultations;

namespace Replays.Grains.Tests.Deliveries;

/// <summary>
/// From the opening of a recording to the end of its consultation there are four writes: the consultation's (opened), the ledger page's
/// (sealed), the consultation's (ended) and the ledger page's (its status). Each fails before and after it commits.
/// </summary>
public sealed class DeliveryFaultTests
{
    private const int Writes = 4;

    [Fact]
    public async Task A_storage_failure_before_or_after_any_write_loses_duplicates_and_misdelivers_nothing()
    {
        await using var cluster = await DeliveryCluster.Start();
        await Task.WhenAll(Cases().Select(async failure =>
        {
            var recording = await ClientRecording.Start(cluster);
            var fault = cluster.Faults.Inject(recording.Patient, failure.Write, failure.Committed);
            await recording.Complete();
            Assert.True(fault.Occurred.Task.IsCompleted);
            await recording.AssertDeliveredOnce();
        }));
    }

    [Fact]
    public async Task A_silo_killed_before_or_after_any_write_loses_duplicates_and_misdelivers_nothing()
    {
        await using var cluster = await DeliveryCluster.Start();
        var recordings = new List<(ClientRecording Recording, InjectedFault Fault)>();
        foreach (var (write, committed) in Cases())
        {
            var recording = await ClientRecording.Start(cluster);
            recordings.Add((recording, cluster.Faults.Inject(recording.Patient, write, committed, hangs: true)));
        }
        // Two more are verified and cannot be delivered, and their client does not retry.
        var (byActivation, byReminder) = (await ClientRecording.Start(cluster), await ClientRecording.Start(cluster));
        foreach (var recording in new[] { byActivation, byReminder })
        {
            recordings.Add((recording, cluster.Faults.Inject(recording.Patient, 2, committed: false, persists: true)));
            await Assert.ThrowsAnyAsync<Exception>(recording.TryComplete);
        }

        foreach (var (recording, _) in recordings)
            _ = recording.TryComplete().ContinueWith(_ => { }, TaskScheduler.Default); // hangs in the failing write until its silo dies
        await Within(Task.WhenAll(recordings.Select(one => one.Fault.Occurred.Task)));
        foreach (var (recording, _) in recordings)
            cluster.Faults.Remove(recording.Patient);
        await cluster.KillAll();

        await byReminder.FireReminder();
        await byActivation.Grain.Get();
        foreach (var recording in new[] { byActivation, byReminder })
        {
            await recording.WaitUntilListed();
            Assert.NotNull(await recording.FindReminder());
        }
        await Task.WhenAll(recordings.Select(async one =>
        {
            await one.Recording.AssertAcknowledgedIsKept();
            await one.Recording.Complete();
            await one.Recording.AssertDeliveredOnce();
        }));
    }

    [Fact]
    public async Task The_consultation_itself_delivers_a_verified_recording_whose_delivery_failed()
    {
        await using var cluster = await DeliveryCluster.Start();
        var recording = await ClientRecording.Start(cluster);
        cluster.Faults.Inject(recording.Patient, 2, committed: false);
        await Assert.ThrowsAsync<StorageUnavailableException>(recording.TryComplete);
        await recording.WaitUntilListed();
    }

    [Fact]
    public async Task Consent_withdrawn_after_settling_withdraws_the_replay_although_all_silos_die_meanwhile()
    {
        await using var cluster = await DeliveryCluster.Start(uploadDeadline: TimeSpan.FromMilliseconds(1));
        var recording = await ClientRecording.Start(cluster);
        await recording.Seal();
        await recording.Settle();
        Assert.Null(await recording.FindReminder());

        cluster.Faults.Inject(recording.Patient, 2, committed: false, persists: true); // the ledger page, after the withdrawal is stored
        await Assert.ThrowsAnyAsync<Exception>(
            () => recording.Grain.SetConsent(ConsultationMode.Audio, false, Backend.ActorOf(recording.Patient)));
        Assert.NotNull(await recording.FindReminder());
        cluster.Faults.Remove(recording.Patient);
        await cluster.KillAll();

        await recording.Grain.Get(); // activates the grain, as the hourly reminder does
        await recording.WaitUntilNotListed();
    }

    [Fact]
    public async Task An_audit_entry_created_while_the_outbox_is_published_is_published_too()
    {
        await using var cluster = await DeliveryCluster.Start();
        var (patient, officer) = (Backend.NewPatient(), new Actor("officer-1", "privacy-officer"));
        var gate = cluster.Faults.BlockAuditWrites();
        await cluster.Grains.Patient(patient).SetLegalHold("a dispute", officer);
        await Within(gate.Reached);
        await cluster.Grains.Patient(patient).SetLegalHold(null, officer);
        gate.Open();

        await Eventually.Holds(
            async () => (await cluster.Grains.AuditTrail(patient).Read(100, null)).Items.Select(item => item.Entry!.Kind)
                .SequenceEqual(["hold.lifted", "hold.set"]),
            "The audit trail does not hold exactly the two entries in order.");
    }

    [Fact]
    public async Task A_concurrent_repeated_booking_seal_and_consent_withdrawal_have_one_consistent_outcome()
    {
        await using var cluster = await DeliveryCluster.Start();
        for (var round = 0; round < 20; round++)
        {
            var patient = cluster.Grains.Patient(Backend.NewPatient());
            var (booking, key) = (Backend.NewBooking(), new IdempotencyKey($"key-{round}", "body"));
            var name = (await patient.Book(booking, key, Backend.App)).Value!.Name;
            var grain = cluster.Grains.Consultation(name);
            await grain.Start(ConsultationMode.Audio, Backend.App);
            await grain.SetConsent(ConsultationMode.Audio, true, Backend.ActorOf(name.Patient));
            await grain.OpenRecording(new OpenRecordingRequest { ContentType = "audio/mp4" }, Backend.Recorder);
            var lease = (await grain.AcquireSealLease(1)).Value!;

            var (booked, delivered, withdrawn) = (
                patient.Book(booking, key, Backend.App),
                grain.Deliver(1, lease.Id, Backend.NewMedia(), Backend.Recorder),
                grain.SetConsent(ConsultationMode.Audio, false, Backend.ActorOf(name.Patient)));
            await Within(Task.WhenAll(booked, delivered, withdrawn));

            Assert.Equal(name, (await booked).Value!.Name);
            Assert.True((await withdrawn).IsSuccess);
            var status = Assert.Single((await grain.Get())!.Recordings).Status;
            var listed = (await patient.ListReplays(new ReplayQuery { Limit = 1 })).Items.Length;
            Assert.Equal((await delivered).IsSuccess ? (RecordingStatus.Available, 1) : (RecordingStatus.Discarded, 0), (status, listed));
        }
    }

    private static Task Within(Task task) => task.WaitAsync(Eventually.Timeout, TestContext.Current.CancellationToken);

    private static IEnumerable<(int Write, bool Committed)> Cases() =>
        from write in Enumerable.Range(1, Writes) from committed in new[] { false, true } select (write, committed);
}
