using Microsoft.Extensions.DependencyInjection;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Tests.Consultations;

namespace Replays.Grains.Tests.Deliveries;

/// <summary>A consultation with one recording, driven by a client that retries and remembers what was acknowledged.</summary>
internal sealed class ClientRecording
{
    private readonly DeliveryCluster _cluster;
    private readonly ConsultationId _consultation;
    private readonly VerifiedMedia _media = Backend.NewMedia();
    private RecordingId? _opened;
    private bool _sealed;

    private ClientRecording(DeliveryCluster cluster, ConsultationId consultation) => (_cluster, _consultation) = (cluster, consultation);

    public PatientId Patient => _consultation.Patient;

    public IConsultationGrain Grain => _cluster.Grains.Consultation(_consultation);

    public static async Task<ClientRecording> Start(DeliveryCluster cluster)
    {
        var patient = Backend.NewPatient();
        var name = (await cluster.Grains.Patient(patient).Book(Backend.NewBooking(), null, Backend.App)).Value!.Name;
        var grain = cluster.Grains.Consultation(name);
        Assert.True((await grain.Start(ConsultationMode.Audio, Backend.App)).IsSuccess);
        Assert.True((await grain.SetConsent(ConsultationMode.Audio, true, Backend.ActorOf(patient))).IsSuccess);
        return new(cluster, name);
    }

    /// <summary>Opens and seals the recording and ends the consultation; throws when a call fails.</summary>
    public async Task TryComplete()
    {
        await Seal();
        await End();
    }

    public Task Complete() => Eventually.Succeeds(async () =>
    {
        await TryComplete();
        return true;
    });

    public async Task Seal()
    {
        var request = new OpenRecordingRequest { ContentType = "audio/mp4" };
        var recording = (await Grain.Get())!.Recordings.SingleOrDefault() ?? (await Grain.OpenRecording(request, Backend.Recorder)).Value!;
        _opened = recording.Name;
        var lease = await Grain.AcquireSealLease(1);
        if (lease.IsSuccess)
        {
            try
            {
                Assert.Equal(ErrorCode.None, (await Grain.Deliver(1, lease.Value.Id, _media, Backend.Recorder)).Error);
            }
            finally
            {
                await Grain.ReleaseLease(1, lease.Value.Id);
            }
        }
        else if (lease.Error is not ErrorCode.Sealed)
            throw new InvalidOperationException($"{lease.Error}");
        _sealed = true;
    }

    /// <summary>Ends the consultation, then fires its reminder until it is unregistered.</summary>
    public async Task Settle()
    {
        await End();
        await Eventually.Holds(
            async () =>
            {
                if (await FindReminder() is null)
                    return true;
                await FireReminder();
                return false;
            },
            "The consultation did not settle.");
        Assert.Equal(ConsultationStatus.Settled, (await Grain.Get())!.Status);
    }

    public Task<ReminderEntry?> FindReminder() =>
        _cluster.Services.GetRequiredService<IReminderTable>().ReadRow(Grain.GetGrainId(), "settle");

    public Task FireReminder() => Grain.AsReference<IRemindable>().ReceiveReminder("settle", default);

    public async Task AssertAcknowledgedIsKept()
    {
        if (_opened is { } opened)
            Assert.Equal(opened, Assert.Single((await Eventually.Succeeds(() => Grain.Get()))!.Recordings).Name);
        if (_sealed)
            await AssertListed();
    }

    public async Task AssertDeliveredOnce()
    {
        await AssertListed();
        Assert.Equal(ConsultationStatus.Ended, (await Grain.Get())!.Status);
        await Eventually.Holds(
            async () =>
            {
                var deliveries = (await _cluster.Grains.AuditTrail(Patient).Read(100, null, "replay.delivered")).Items.Length;
                Assert.True(deliveries <= 1, $"The audit trail has {deliveries} deliveries.");
                return deliveries == 1;
            },
            "The audit trail has no delivery.");
    }

    public async Task WaitUntilListed()
    {
        await Eventually.Holds(async () => (await List()).Count > 0, "The replay did not appear.");
        await AssertListed();
    }

    public Task WaitUntilNotListed() => Eventually.Holds(async () => (await List()).Count == 0, "The replay did not disappear.");

    private async Task End() => Assert.Equal(ErrorCode.None, (await Grain.End(false, Backend.App)).Error);

    private async Task AssertListed()
    {
        var replay = Assert.Single(await List());
        Assert.Equal((_consultation.Recording(1), _media.Sha256), (replay.Name, replay.Sha256));
    }

    private async Task<List<Replay>> List()
    {
        var page = await Eventually.Succeeds(() => _cluster.Grains.Patient(Patient).ListReplays(new ReplayQuery { Limit = 100 }));
        return [.. page.Items.Select(item => item.Replay)];
    }
}
