using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Storage;
using Replays.Grains.Tests.Consultations;

namespace Replays.Grains.Tests.Deliveries;

/// <summary>
/// Between opening a recording and the end of its consultation there are four writes: the consultation's (opened), the ledger page's (sealed), the
/// consultation's (ended) and the ledger page's (its status). Each is struck before and after it commits.
/// </summary>
public sealed class DeliveryTests
{
    private const int Writes = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_storage_that_fails_before_or_after_any_write_loses_doubles_and_misdelivers_nothing()
    {
        await using var cluster = await DeliveryCluster.Start();
        await Task.WhenAll(Cases().Select(async at =>
        {
            var job = await Job.Begin(cluster, Backend.NewPatient());
            var strike = cluster.FaultInjector.InjectedFault(job.Patient, at.Write, at.Committed);
            await job.Finish();
            Assert.True(strike.Struck.Task.IsCompleted);
            await job.Check();
        }));
    }

    [Fact]
    public async Task Silos_killed_before_or_after_any_write_lose_double_and_misdeliver_nothing()
    {
        await using var cluster = await DeliveryCluster.Start();
        var jobs = new List<(Job Job, InjectedFault InjectedFault)>();
        foreach (var (write, committed) in Cases())
        {
            var job = await Job.Begin(cluster, Backend.NewPatient());
            jobs.Add((job, cluster.FaultInjector.InjectedFault(job.Patient, write, committed, freezes: true)));
        }
        // Two more are verified and can't be delivered: nobody asks for them again.
        var (byActivation, byReminder) = (await Job.Begin(cluster, Backend.NewPatient()), await Job.Begin(cluster, Backend.NewPatient()));
        foreach (var job in new[] { byActivation, byReminder })
        {
            jobs.Add((job, cluster.FaultInjector.InjectedFault(job.Patient, 2, committed: false, lasts: true)));
            await Assert.ThrowsAnyAsync<Exception>(job.Attempt);
        }

        foreach (var (job, _) in jobs)
            _ = job.Attempt().ContinueWith(_ => { }, TaskScheduler.Default); // it hangs in the struck write until its silo dies
        await Task.WhenAll(jobs.Select(job => job.InjectedFault.Struck.Task)).WaitAsync(Patience, TestContext.Current.CancellationToken);
        foreach (var (job, _) in jobs)
            cluster.FaultInjector.Pass(job.Patient);
        await cluster.KillAll();

        await cluster.Grains.Consultation(byReminder.Consultation).AsReference<IRemindable>().ReceiveReminder("settle", default);
        await cluster.Grains.Consultation(byActivation.Consultation).Get();
        foreach (var job in new[] { byActivation, byReminder })
        {
            await job.Appears();
            Assert.NotNull(await Armed(cluster, job));
        }
        await Task.WhenAll(jobs.Select(async one =>
        {
            await one.Job.CheckAcknowledged();
            await one.Job.Finish();
            await one.Job.Check();
        }));
    }

    [Fact]
    public async Task What_is_verified_and_could_not_be_delivered_is_delivered_by_the_consultation_itself()
    {
        await using var cluster = await DeliveryCluster.Start();
        var job = await Job.Begin(cluster, Backend.NewPatient());
        cluster.FaultInjector.InjectedFault(job.Patient, 2, committed: false);
        await Assert.ThrowsAsync<StorageUnavailableException>(job.Attempt);
        await job.Appears();
    }

    [Fact]
    public async Task Consent_withdrawn_after_settling_takes_the_replay_back_although_everything_dies_on_the_way()
    {
        await using var cluster = await DeliveryCluster.Start(uploadDeadline: TimeSpan.FromMilliseconds(1));
        var job = await Job.Begin(cluster, Backend.NewPatient());
        await job.Seal();
        await job.Settle();
        Assert.Null(await Armed(cluster, job));

        cluster.FaultInjector.InjectedFault(job.Patient, 2, committed: false, lasts: true); // the withdrawal is written, the ledger page is not
        await Assert.ThrowsAnyAsync<Exception>(
            () => cluster.Grains.Consultation(job.Consultation).SetConsent(ConsultationMode.Audio, false, Backend.Of(job.Patient)));
        Assert.NotNull(await Armed(cluster, job));
        cluster.FaultInjector.Pass(job.Patient);
        await cluster.KillAll();

        await cluster.Grains.Consultation(job.Consultation).Get(); // what the reminder does in an hour
        await job.Disappears();
    }

    [Fact]
    public async Task What_happens_while_the_trail_is_published_of_something_else_is_published_as_well()
    {
        await using var cluster = await DeliveryCluster.Start();
        var (patient, officer) = (Backend.NewPatient(), new Actor("officer-1", "privacy-officer"));
        var held = cluster.FaultInjector.HoldTrails();
        await cluster.Grains.Patient(patient).SetLegalHold("a dispute", officer);
        await held.Waits.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await cluster.Grains.Patient(patient).SetLegalHold(null, officer);
        held.Release();

        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var waited = Stopwatch.StartNew(); ; await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            var told = (await cluster.Grains.AuditTrail(patient).Read(100, null)).Items.Select(item => item.Entry!.Kind).ToList();
            if (told is ["hold.lifted", "hold.set"])
                break;
            Assert.True(waited.Elapsed < Patience, $"The trail tells of {string.Join(", ", told)}.");
        }
    }

    [Fact]
    public async Task A_repeated_booking_a_seal_and_withdrawn_consent_at_once_end_in_one_outcome()
    {
        await using var cluster = await DeliveryCluster.Start();
        for (var round = 0; round < 20; round++)
        {
            var patient = cluster.Grains.Patient(Backend.NewPatient());
            var booking = new Booking { Clinician = new Clinician("clin-1", "Dr Amara Osei"), ScheduledFor = DateTimeOffset.UnixEpoch };
            var key = new IdempotencyKey($"key-{round}", "body");
            var name = (await patient.Book(booking, key, Backend.App)).Value!.Name;
            var grain = cluster.Grains.Consultation(name);
            await grain.Start(ConsultationMode.Audio, Backend.App);
            await grain.SetConsent(ConsultationMode.Audio, true, Backend.Of(name.Patient));
            await grain.OpenRecording(new OpenRecordingRequest { ContentType = "audio/mp4" }, Backend.Recorder);
            var grant = (await grain.AcquireSealLease(1)).Value!;

            var (booked, delivered, withdrawn) = (
                patient.Book(booking, key, Backend.App),
                grain.Deliver(1, grant.Id, Backend.Media(), Backend.Recorder),
                grain.SetConsent(ConsultationMode.Audio, false, Backend.Of(name.Patient)));
            await Task.WhenAll(booked, delivered, withdrawn).WaitAsync(Patience, TestContext.Current.CancellationToken);

            Assert.Equal(name, (await booked).Value!.Name);
            Assert.True((await withdrawn).IsSuccess);
            var status = Assert.Single((await grain.Get())!.Recordings).Status;
            var listed = (await patient.ListReplays(new ReplayQuery { Limit = 1 })).Items.Length;
            Assert.Equal((await delivered).IsSuccess ? (RecordingStatus.Available, 1) : (RecordingStatus.Discarded, 0), (status, listed));
        }
    }

    private static Task<ReminderEntry?> Armed(DeliveryCluster cluster, Job job) => cluster.Services.GetRequiredService<IReminderTable>().ReadRow(
        cluster.Grains.Consultation(job.Consultation).GetGrainId(), "settle");

    private static IEnumerable<(int Write, bool Committed)> Cases() =>
        from write in Enumerable.Range(1, Writes) from committed in new[] { false, true } select (write, committed);

    /// <summary>A backend and its recorder that record one consultation and try again until it is done.</summary>
    private sealed class Job(DeliveryCluster cluster, ConsultationId consultation)
    {
        private readonly VerifiedMedia _media = Backend.Media();
        private RecordingId? _opened;
        private bool _sealed;

        public ConsultationId Consultation => consultation;

        public PatientId Patient => consultation.Patient;

        private IConsultationGrain Grain => cluster.Grains.Consultation(consultation);

        public static async Task<Job> Begin(DeliveryCluster cluster, PatientId patient)
        {
            var booking = new Booking { Clinician = new Clinician("clin-1", "Dr Amara Osei"), ScheduledFor = DateTimeOffset.UnixEpoch };
            var name = (await cluster.Grains.Patient(patient).Book(booking, null, Backend.App)).Value!.Name;
            var grain = cluster.Grains.Consultation(name);
            Assert.True((await grain.Start(ConsultationMode.Audio, Backend.App)).IsSuccess);
            Assert.True((await grain.SetConsent(ConsultationMode.Audio, true, Backend.Of(patient))).IsSuccess);
            return new Job(cluster, name);
        }

        /// <summary>Opens, seals and ends, or goes on where it stopped. Remembers what was acknowledged.</summary>
        public async Task Attempt()
        {
            await Seal();
            Assert.Equal(ErrorCode.None, (await Grain.End(false, Backend.App)).Error);
        }

        public async Task Seal()
        {
            var there = (await Grain.Get())!.Recordings;
            var opened = there is [var first] ? first : (await Grain.OpenRecording(new OpenRecordingRequest { ContentType = "audio/mp4" }, Backend.Recorder)).Value!;
            _opened = opened.Name;
            var grant = await Grain.AcquireSealLease(1);
            if (grant.IsSuccess)
            {
                try
                {
                    Assert.Equal(ErrorCode.None, (await Grain.Deliver(1, grant.Value.Id, _media, Backend.Recorder)).Error);
                }
                finally
                {
                    await Grain.ReleaseLease(1, grant.Value.Id);
                }
            }
            else if (grant.Error is not ErrorCode.Sealed)
                throw new InvalidOperationException($"{grant.Error}");
            _sealed = true;
        }

        /// <summary>Ends, and comes back as the reminder does until nothing is owed.</summary>
        public async Task Settle()
        {
            Assert.Equal(ErrorCode.None, (await Grain.End(false, Backend.App)).Error);
            for (var waited = Stopwatch.StartNew(); await Armed(cluster, this) is not null;)
            {
                Assert.True(waited.Elapsed < Patience, "It did not settle.");
                await Grain.AsReference<IRemindable>().ReceiveReminder("settle", default);
            }
            Assert.Equal(ConsultationStatus.Settled, (await Grain.Get())!.Status);
        }

        public async Task Finish()
        {
            for (var waited = Stopwatch.StartNew(); ;)
            {
                try
                {
                    await Attempt();
                    return;
                }
                catch (Exception) when (waited.Elapsed < Patience)
                {
                    // As a client does: once more.
                }
            }
        }

        public async Task CheckAcknowledged()
        {
            if (_opened is { } opened)
                Assert.Equal(opened, Assert.Single((await Retried(() => Grain.Get()))!.Recordings).Name);
            if (_sealed)
                await CheckList();
        }

        public async Task Check()
        {
            await CheckList();
            Assert.Equal(ConsultationStatus.Ended, (await Grain.Get())!.Status);
            for (var waited = Stopwatch.StartNew(); ;)
            {
                var told = (await cluster.Grains.AuditTrail(Patient).Read(100, null, "replay.delivered")).Items;
                if (told.Length == 1)
                    return;
                Assert.True(told.IsEmpty && waited.Elapsed < Patience, $"The trail tells of {told.Length} deliveries.");
            }
        }

        public async Task Appears()
        {
            for (var waited = Stopwatch.StartNew(); (await Listed()).Count == 0;)
                Assert.True(waited.Elapsed < Patience, "The replay did not appear.");
            await CheckList();
        }

        public async Task Disappears()
        {
            for (var waited = Stopwatch.StartNew(); (await Listed()).Count > 0;)
                Assert.True(waited.Elapsed < Patience, "The replay did not disappear.");
        }

        private async Task CheckList()
        {
            var replay = Assert.Single(await Listed());
            Assert.Equal((consultation.Recording(1), _media.Sha256), (replay.Name, replay.Sha256));
        }

        private async Task<List<Replay>> Listed() =>
            [.. (await Retried(() => cluster.Grains.Patient(Patient).ListReplays(new ReplayQuery { Limit = 100 }))).Items.Select(item => item.Replay)];

        private static async Task<T> Retried<T>(Func<Task<T>> call)
        {
            for (var waited = Stopwatch.StartNew(); ;)
            {
                try
                {
                    return await call();
                }
                catch (Exception) when (waited.Elapsed < Patience)
                {
                    // Its silo has just died.
                }
            }
        }
    }
}
