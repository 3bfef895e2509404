using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Orleans.Storage;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.Storage;
using Replays.Grains.Tests.Consultations;
using Replays.Grains.Tests.Storage;
using Safeguard = Replays.Grains.Safeguards.Safeguard;

namespace Replays.Grains.Tests.Safeguards;

/// <summary>An embedded silo on which only some locks are armed, and what it takes to commit faults there.</summary>
internal sealed class SafeguardFixture : IAsyncDisposable
{
    private SiloHost? _silo;

    public WrittenLogs Logs { get; } = new();

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public IServiceProvider Services => _silo!.Services;

    public static async Task<SafeguardFixture> Start(params Safeguard[] armed)
    {
        var lab = new SafeguardFixture();
        lab._silo = await SiloHost.Start(null, builder =>
        {
            builder.Logging.AddProvider(lab.Logs);
            builder.Services.AddSingleton(new EnabledSafeguards(armed));
            builder.Services.AddSingleton<Defects>().AddSingleton<IIncomingGrainCallFilter>(services => services.GetRequiredService<Defects>());
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Replays:Presence:RequireProof"] = "true",
                ["Replays:Consent:AllowAttested"] = "true",
            });
        });
        return lab;
    }

    public async ValueTask DisposeAsync() => await _silo!.DisposeAsync();

    /// <summary>Has a consultation's grain do something else than it should.</summary>
    public Task Misbehave(ConsultationId consultation, Func<Task> defect) =>
        Services.GetRequiredService<Defects>().Commit(() => Grains.Consultation(consultation).Get(), defect);

    /// <summary>Booked for the patient, and under way in audio. Consent is attested, so that it does not take the patient.</summary>
    public async Task<ConsultationId> Begin(PatientId patient)
    {
        var booking = new Booking { Clinician = new Clinician("clin-1", "Dr Amara Osei"), ScheduledFor = DateTimeOffset.UnixEpoch };
        var name = (await Grains.Patient(patient).Book(booking, null, Backend.App)).Value!.Name;
        Assert.True((await Grains.Consultation(name).Start(ConsultationMode.Audio, Backend.App)).IsSuccess);
        Assert.True((await Grains.Consultation(name).AttestConsent(ConsultationMode.Audio, true, "nurse", Backend.App)).IsSuccess);
        return name;
    }

    /// <returns>The secret that the patient's app brings into the room.</returns>
    public async Task<string> Join(ConsultationId consultation) =>
        (await Grains.Consultation(consultation).Join(Backend.Of(consultation.Patient))).Value!;

    public Task<Result<Recording>> Open(ConsultationId consultation, string? presence) => Grains.Consultation(consultation)
        .OpenRecording(new OpenRecordingRequest { ContentType = "audio/mp4", Presence = presence }, Backend.Recorder);

    /// <summary>Seals a recording of which nothing was uploaded: what the media hold does not matter here.</summary>
    public async Task<ErrorCode> Seal(RecordingId recording)
    {
        var consultation = Grains.Consultation(recording.Consultation);
        var grant = await consultation.AcquireSealLease(recording.Ordinal);
        return grant.IsSuccess
            ? (await consultation.Deliver(recording.Ordinal, grant.Value.Id, Backend.Media(), Backend.Recorder)).Error
            : grant.Error;
    }

    /// <summary>A patient with one replay.</summary>
    public async Task<Replay> Owner()
    {
        var consultation = await Begin(Backend.NewPatient());
        var recording = (await Open(consultation, await Join(consultation))).Value!.Name;
        Assert.Equal(ErrorCode.None, await Seal(recording));
        return (await Grains.Patient(consultation.Patient).FindReplay(recording))!.Replay;
    }

    /// <summary>Changes a stored record behind its grain's back; the grain reads it again at its next call.</summary>
    public async Task Tamper<T>(string stateName, GrainId row, IAddressable grain, Func<T, T> change)
    {
        var storage = Services.GetRequiredKeyedService<IGrainStorage>(ReplaysStorage.Name);
        var state = new GrainState<T>();
        await storage.ReadStateAsync(stateName, row, state);
        state.State = change(state.State!);
        await storage.WriteStateAsync(stateName, row, state);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
    }

    public Task Tamper(ConsultationId consultation, Func<LedgerPage, LedgerPage> change)
    {
        var page = LedgerPage.PageKey(consultation.Patient, LedgerPage.PageNumberOf(consultation.Number));
        return Tamper(LedgerPage.StateName, GrainId.Create(LedgerPage.StateName, page), Grains.Patient(consultation.Patient), change);
    }

    /// <returns>Whether these media are in the stranger's list, and whether they open there.</returns>
    public async Task<(bool Listed, bool Opened)> Reach(PatientId stranger, string media)
    {
        try
        {
            var patient = Grains.Patient(stranger);
            var listed = (await patient.ListReplays(new ReplayQuery { Limit = 100 })).Items;
            var opened = await patient.OpenReplay(stranger.Consultation(1).Recording(1));
            return (listed.Any(item => item.Replay.ObjectKey == media), opened?.Listed.Replay.ObjectKey == media);
        }
        catch (OwnershipMismatchException)
        {
            return (false, false);
        }
    }
}
