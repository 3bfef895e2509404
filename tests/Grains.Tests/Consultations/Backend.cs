using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Tests.Consultations;
using Replays.Grains.Tests.Storage;

[assembly: AssemblyFixture(typeof(Backend))]

namespace Replays.Grains.Tests.Consultations;

/// <summary>One embedded silo for the assembly, with the calls that an app's backend and its recorder make.</summary>
public sealed class Backend : IAsyncLifetime
{
    public static readonly Actor App = new("app-backend", "scheduler"), Recorder = new("media-pipeline", "recorder");

    private SiloHost? _silo;

    public IServiceProvider Services => _silo!.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public static PatientId NewPatient() => PatientId.Parse($"p-{Guid.NewGuid():n}");

    public static Booking NewBooking() =>
        new() { Clinician = new Clinician("clin-1", "Dr Amara Osei"), ScheduledFor = DateTimeOffset.UnixEpoch };

    public static Actor ActorOf(PatientId patient) => new(patient.Value, "patient");

    public async ValueTask InitializeAsync() => _silo = await SiloHost.Start(null);

    public async ValueTask DisposeAsync() => await _silo!.DisposeAsync();

    public async Task<ConsultationId> Book(PatientId patient)
    {
        var booked = await Grains.Patient(patient).Book(NewBooking(), null, App, TestContext.Current.CancellationToken);
        return booked.Value!.Name;
    }

    /// <summary>Books and starts a consultation in which the patient consents to both modes.</summary>
    public async Task<ConsultationId> StartConsultation(PatientId patient, ConsultationMode mode)
    {
        var name = await Book(patient);
        var consultation = Grains.Consultation(name);
        Assert.True((await consultation.Start(mode, App)).IsSuccess);
        Assert.True((await consultation.SetConsent(ConsultationMode.Audio, true, ActorOf(patient))).IsSuccess);
        Assert.True((await consultation.SetConsent(ConsultationMode.Video, true, ActorOf(patient))).IsSuccess);
        return name;
    }

    public Task<Result<Recording>> OpenRecording(ConsultationId consultation, string contentType = "audio/mp4") =>
        Grains.Consultation(consultation).OpenRecording(new OpenRecordingRequest { ContentType = contentType }, Recorder);

    /// <summary>Seals a recording without uploaded media.</summary>
    public async Task<Result<Recording>> Seal(RecordingId recording, VerifiedMedia? media = null)
    {
        var consultation = Grains.Consultation(recording.Consultation);
        var lease = await consultation.AcquireSealLease(recording.Ordinal);
        return lease.IsSuccess
            ? await consultation.Deliver(recording.Ordinal, lease.Value.Id, media ?? NewMedia(), Recorder)
            : lease.Error;
    }

    public static VerifiedMedia NewMedia() =>
        new() { DurationSeconds = 3, SizeBytes = 1000, Sha256 = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) };

    public async Task<List<string>> ListReplays(PatientId patient)
    {
        var names = new List<string>();
        LedgerCursor? after = null;
        do
        {
            var page = await Grains.Patient(patient).ListReplays(new ReplayQuery { Limit = 7, After = after });
            names.AddRange(page.Items.Select(item => item.Replay.Name.Name));
            after = page.Next;
        }
        while (after is not null);
        return names;
    }
}
