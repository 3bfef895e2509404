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

namespace Replays.Grains.Tests.Safeguards;

/// <summary>An embedded silo with only some safeguards enabled, and the means to inject faults.</summary>
internal sealed class SafeguardFixture : IAsyncDisposable
{
    private SiloHost? _silo;

    public LogCapture Logs { get; } = new();

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public IServiceProvider Services => _silo!.Services;

    public static async Task<SafeguardFixture> Start(params Safeguard[] enabled)
    {
        var fixture = new SafeguardFixture();
        fixture._silo = await SiloHost.Start(null, builder =>
        {
            builder.Logging.AddProvider(fixture.Logs);
            builder.Services.AddSingleton(new EnabledSafeguards(enabled));
            builder.Services.AddSingleton<DefectInjector>()
                .AddSingleton<IIncomingGrainCallFilter>(services => services.GetRequiredService<DefectInjector>());
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Replays:Presence:RequireProof"] = "true",
                ["Replays:Consent:AllowAttested"] = "true",
            });
        });
        return fixture;
    }

    public async ValueTask DisposeAsync() => await _silo!.DisposeAsync();

    /// <summary>Runs a defect in the turn of a consultation's grain.</summary>
    public Task InjectDefect(ConsultationId consultation, Func<Task> defect) =>
        Services.GetRequiredService<DefectInjector>().Inject(() => Grains.Consultation(consultation).Get(), defect);

    /// <summary>Books and starts an audio consultation. Consent is attested, so that the patient need not join.</summary>
    public async Task<ConsultationId> StartConsultation(PatientId patient)
    {
        var name = (await Grains.Patient(patient).Book(Backend.NewBooking(), null, Backend.App)).Value!.Name;
        Assert.True((await Grains.Consultation(name).Start(ConsultationMode.Audio, Backend.App)).IsSuccess);
        Assert.True((await Grains.Consultation(name).AttestConsent(ConsultationMode.Audio, true, "nurse", Backend.App)).IsSuccess);
        return name;
    }

    /// <returns>The presence secret that the patient's app brings into the room.</returns>
    public async Task<string> Join(ConsultationId consultation) =>
        (await Grains.Consultation(consultation).Join(Backend.ActorOf(consultation.Patient))).Value!;

    public Task<Result<Recording>> OpenRecording(ConsultationId consultation, string? presence) => Grains.Consultation(consultation)
        .OpenRecording(new OpenRecordingRequest { ContentType = "audio/mp4", Presence = presence }, Backend.Recorder);

    /// <summary>Seals a recording without uploaded media.</summary>
    public async Task<ErrorCode> Seal(RecordingId recording)
    {
        var consultation = Grains.Consultation(recording.Consultation);
        var lease = await consultation.AcquireSealLease(recording.Ordinal);
        return lease.IsSuccess
            ? (await consultation.Deliver(recording.Ordinal, lease.Value.Id, Backend.NewMedia(), Backend.Recorder)).Error
            : lease.Error;
    }

    /// <summary>Delivers a replay to a new patient.</summary>
    public async Task<Replay> DeliverReplay()
    {
        var consultation = await StartConsultation(Backend.NewPatient());
        var recording = (await OpenRecording(consultation, await Join(consultation))).Value!.Name;
        Assert.Equal(ErrorCode.None, await Seal(recording));
        return (await Grains.Patient(consultation.Patient).FindReplay(recording))!.Replay;
    }

    public Task ModifyConsultation(ConsultationId consultation, Func<ConsultationState, ConsultationState> change)
    {
        var grain = Grains.Consultation(consultation);
        return ModifyStored("consultation", grain.GetGrainId(), grain, change);
    }

    public Task ModifyLedgerPage(ConsultationId consultation, Func<LedgerPage, LedgerPage> change)
    {
        var page = LedgerPage.PageKey(consultation.Patient, LedgerPage.PageNumberOf(consultation.Number));
        return ModifyStored(LedgerPage.StateName, GrainId.Create(LedgerPage.StateName, page), Grains.Patient(consultation.Patient), change);
    }

    /// <returns>Whether the stranger's list shows the media, and whether they open there.</returns>
    public async Task<(bool Listed, bool Opened)> FindExposure(PatientId stranger, string objectKey)
    {
        try
        {
            var patient = Grains.Patient(stranger);
            var listed = (await patient.ListReplays(new ReplayQuery { Limit = 100 })).Items;
            var opened = await patient.OpenReplay(stranger.Consultation(1).Recording(1));
            return (listed.Any(item => item.Replay.ObjectKey == objectKey), opened?.Listed.Replay.ObjectKey == objectKey);
        }
        catch (OwnershipMismatchException)
        {
            return (false, false);
        }
    }

    /// <summary>Changes a stored record directly, and deactivates its grain so that the next call loads it again.</summary>
    private async Task ModifyStored<T>(string stateName, GrainId row, IAddressable grain, Func<T, T> change)
    {
        var storage = Services.GetRequiredKeyedService<IGrainStorage>(ReplaysStorage.Name);
        var state = new GrainState<T>();
        await storage.ReadStateAsync(stateName, row, state);
        state.State = change(state.State!);
        await storage.WriteStateAsync(stateName, row, state);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
    }
}
