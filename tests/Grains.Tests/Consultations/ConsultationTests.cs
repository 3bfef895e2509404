using Microsoft.Extensions.DependencyInjection;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.StopList;

namespace Replays.Grains.Tests.Consultations;

public sealed class ConsultationTests(Backend backend)
{
    [Fact]
    public async Task A_switch_from_audio_to_video_delivers_both_recordings_to_their_patient_only()
    {
        var (patient, other) = (Backend.NewPatient(), Backend.NewPatient());
        await backend.StartConsultation(other, ConsultationMode.Audio);
        var consultation = await backend.StartConsultation(patient, ConsultationMode.Audio);
        var audio = (await backend.OpenRecording(consultation)).Value!;
        var switched = await backend.Grains.Consultation(consultation).SwitchMode(ConsultationMode.Video, Backend.App);
        Assert.Equal(RecordingStatus.Closed, switched.Value!.Recordings[0].Status);
        var video = (await backend.OpenRecording(consultation, "video/mp4")).Value!;

        Assert.Equal(RecordingStatus.Available, (await backend.Seal(video.Name)).Value!.Status);
        Assert.Equal(RecordingStatus.Available, (await backend.Seal(audio.Name)).Value!.Status);

        Assert.Equal([video.Name.Name, audio.Name.Name], await backend.ListReplays(patient));
        Assert.Empty(await backend.ListReplays(other));
    }

    [Fact]
    public async Task Recording_requires_consent_to_its_mode()
    {
        var patient = Backend.NewPatient();
        var name = await backend.Book(patient);
        var consultation = backend.Grains.Consultation(name);
        await consultation.Start(ConsultationMode.Video, Backend.App);
        Assert.Equal(ErrorCode.ConsentRequired, (await backend.OpenRecording(name, "video/mp4")).Error);
        await consultation.SetConsent(ConsultationMode.Audio, true, Backend.ActorOf(patient));
        Assert.Equal(ErrorCode.ConsentRequired, (await backend.OpenRecording(name, "video/mp4")).Error);
        await consultation.SetConsent(ConsultationMode.Video, true, Backend.ActorOf(patient));
        Assert.True((await backend.OpenRecording(name, "video/mp4")).IsSuccess);
    }

    [Fact]
    public async Task Recording_requires_that_the_patient_has_joined()
    {
        var patient = Backend.NewPatient();
        var name = await backend.Book(patient);
        var consultation = backend.Grains.Consultation(name);
        await consultation.SetConsent(ConsultationMode.Audio, true, Backend.ActorOf(patient));
        await consultation.Start(ConsultationMode.Audio, Backend.App);
        Assert.Equal(ErrorCode.PresenceRequired, (await backend.OpenRecording(name)).Error);
        Assert.True((await consultation.Join(Backend.ActorOf(patient))).IsSuccess);
        Assert.True((await backend.OpenRecording(name)).IsSuccess);
    }

    [Fact]
    public async Task Consent_withdrawn_during_the_call_discards_unsealed_recordings()
    {
        var patient = Backend.NewPatient();
        var name = await backend.StartConsultation(patient, ConsultationMode.Audio);
        var consultation = backend.Grains.Consultation(name);
        var @sealed = (await backend.OpenRecording(name)).Value!;
        await backend.Seal(@sealed.Name);
        var open = (await backend.OpenRecording(name)).Value!;

        var after = (await consultation.SetConsent(ConsultationMode.Audio, false, Backend.ActorOf(patient))).Value!;

        Assert.Equal([RecordingStatus.Available, RecordingStatus.Discarded], after.Recordings.Select(r => r.Status));
        Assert.Equal(ErrorCode.InvalidTransition, (await backend.Seal(open.Name)).Error);
        Assert.Equal([@sealed.Name.Name], await backend.ListReplays(patient));
    }

    [Fact]
    public async Task Consent_withdrawn_after_the_end_withdraws_the_replay_from_the_list()
    {
        var patient = Backend.NewPatient();
        var name = await backend.StartConsultation(patient, ConsultationMode.Audio);
        await backend.Seal((await backend.OpenRecording(name)).Value!.Name);
        await backend.Grains.Consultation(name).End(false, Backend.App);
        Assert.Single(await backend.ListReplays(patient));
        await backend.Grains.Consultation(name).SetConsent(ConsultationMode.Audio, false, Backend.ActorOf(patient));
        Assert.Empty(await backend.ListReplays(patient));
    }

    [Fact]
    public async Task Delivering_again_changes_nothing_and_another_digest_is_rejected()
    {
        var patient = Backend.NewPatient();
        var name = (await backend.OpenRecording(await backend.StartConsultation(patient, ConsultationMode.Audio))).Value!.Name;
        var consultation = backend.Grains.Consultation(name.Consultation);
        var media = Backend.NewMedia();
        await backend.Seal(name, media);
        Assert.True((await consultation.Deliver(1, Guid.Empty, media, Backend.Recorder)).IsSuccess);
        Assert.Equal(ErrorCode.DigestMismatch, (await consultation.Deliver(1, Guid.Empty, Backend.NewMedia(), Backend.Recorder)).Error);
        Assert.Single(await backend.ListReplays(patient));
    }

    [Fact]
    public async Task Upload_and_seal_leases_exclude_each_other_and_a_wrong_upload_token_is_not_found()
    {
        var recording = (await backend.OpenRecording(await backend.StartConsultation(Backend.NewPatient(), ConsultationMode.Audio))).Value!;
        var consultation = backend.Grains.Consultation(recording.Name.Consultation);
        Assert.Equal(ErrorCode.NotFound, (await consultation.AcquireUploadLease(1, "guessed")).Error);
        var upload = (await consultation.AcquireUploadLease(1, recording.UploadToken)).Value!;
        Assert.Equal(ErrorCode.UploadInProgress, (await consultation.AcquireSealLease(1)).Error);
        await consultation.ReleaseLease(1, upload.Id);
        Assert.True((await consultation.AcquireSealLease(1)).IsSuccess);
        Assert.Equal(ErrorCode.UploadInProgress, (await consultation.AcquireUploadLease(1, recording.UploadToken)).Error);
    }

    [Fact]
    public async Task Ending_with_the_wrong_patient_empties_the_list()
    {
        var patient = Backend.NewPatient();
        var name = await backend.StartConsultation(patient, ConsultationMode.Audio);
        await backend.Seal((await backend.OpenRecording(name)).Value!.Name);
        var ended = await backend.Grains.Consultation(name).End(true, Backend.App);
        Assert.Equal(ConsultationStatus.Ended, ended.Value!.Status);
        Assert.Empty(await backend.ListReplays(patient));
    }

    [Fact]
    public async Task A_client_cannot_deliver_a_replay()
    {
        var patient = Backend.NewPatient();
        var recording = (await backend.OpenRecording(await backend.StartConsultation(patient, ConsultationMode.Audio))).Value!;
        var replay = new Replay
        {
            Name = recording.Name,
            Mode = recording.Mode,
            RecordedAt = recording.StartedAt,
            DurationSeconds = 1,
            SizeBytes = 1,
            ContentType = recording.ContentType,
            Sha256 = new string('0', 64),
            ObjectKey = recording.ObjectKey,
            WrappedKey = [],
        };
        var delivery = new Delivery(replay, Backend.Recorder);
        Assert.Equal(DeliveryResult.Rejected, await backend.Grains.Patient(patient).AcceptReplay(delivery));
        Assert.Equal(DeliveryResult.Rejected, await backend.Grains.Patient(Backend.NewPatient()).AcceptReplay(delivery));
        Assert.Empty(await backend.ListReplays(patient));
    }

    [Fact]
    public async Task A_repeated_idempotency_key_books_once_and_another_body_is_rejected()
    {
        var patient = backend.Grains.Patient(Backend.NewPatient());
        var booking = Backend.NewBooking();
        var first = await patient.Book(booking, new IdempotencyKey("k", "b"), Backend.App);
        Assert.Equal(first.Value!.Name, (await patient.Book(booking, new IdempotencyKey("k", "b"), Backend.App)).Value!.Name);
        Assert.Equal(ErrorCode.IdempotencyKeyReused, (await patient.Book(booking, new IdempotencyKey("k", "c"), Backend.App)).Error);
        Assert.Equal(2, (await patient.Book(booking, new IdempotencyKey("l", "b"), Backend.App)).Value!.Name.Number);
    }

    [Fact]
    public async Task A_long_ledger_lists_every_replay_once_and_newest_first()
    {
        var patient = Backend.NewPatient();
        var names = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            var consultation = await backend.StartConsultation(patient, ConsultationMode.Audio);
            if (i % 3 == 0)
                continue;
            var recording = (await backend.OpenRecording(consultation)).Value!;
            await backend.Seal(recording.Name);
            names.Insert(0, recording.Name.Name);
        }
        Assert.Equal(names, await backend.ListReplays(patient));
    }

    [Fact]
    public async Task Ending_with_the_wrong_patient_opens_an_incident_and_blocks_sealed_recordings()
    {
        var name = await backend.StartConsultation(Backend.NewPatient(), ConsultationMode.Audio);
        var @sealed = (await backend.OpenRecording(name)).Value!.Name;
        Assert.True((await backend.Seal(@sealed)).IsSuccess);
        var unsealed = (await backend.OpenRecording(name)).Value!.Name;
        for (var i = 0; i < 2; i++)
            Assert.True((await backend.Grains.Consultation(name).End(wrongPatient: true, Backend.App)).IsSuccess);

        Assert.Empty(await backend.ListReplays(name.Patient));
        Assert.Equal(RecordingStatus.Discarded, (await backend.Grains.Consultation(name).Get())!.Recordings[unsealed.Ordinal - 1].Status);
        Assert.Equal(Visibility.Gone, backend.Services.GetRequiredService<IStopList>().Current().MediaVisibility(@sealed));
        var log = backend.Services.GetRequiredService<IIncidentLog>();
        var incident = Assert.Single(await log.List(open: true, 100, null), incident => incident.Report.Cause == name.Name);
        Assert.Equal((IncidentSource.Scheduler, 1), (incident.Report.Source, incident.Occurrences));
        Assert.Equal([@sealed], incident.Recordings);
        Assert.NotNull(incident.DueAt);
    }

    [Fact]
    public async Task Consent_withdrawn_after_the_end_blocks_playback_of_sealed_recordings()
    {
        var name = await backend.StartConsultation(Backend.NewPatient(), ConsultationMode.Audio);
        var @sealed = (await backend.OpenRecording(name)).Value!.Name;
        Assert.True((await backend.Seal(@sealed)).IsSuccess);
        var consultation = backend.Grains.Consultation(name);
        await consultation.End(wrongPatient: false, Backend.App);
        Assert.True((await consultation.SetConsent(ConsultationMode.Audio, false, Backend.ActorOf(name.Patient))).IsSuccess);
        Assert.Equal(Visibility.Gone, backend.Services.GetRequiredService<IStopList>().Current().MediaVisibility(@sealed));
        Assert.Empty(await backend.ListReplays(name.Patient));
    }
}
