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
    public async Task A_switch_from_audio_to_video_delivers_both_parts_to_the_participant_alone()
    {
        var (patient, other) = (Backend.NewPatient(), Backend.NewPatient());
        await backend.Begin(other, ConsultationMode.Audio);
        var consultation = await backend.Begin(patient, ConsultationMode.Audio);
        var audio = (await backend.Open(consultation)).Value!;
        var switched = await backend.Grains.Consultation(consultation).SwitchMode(ConsultationMode.Video, Backend.App);
        Assert.Equal(RecordingStatus.Closed, switched.Value!.Recordings[0].Status);
        var video = (await backend.Open(consultation, "video/mp4")).Value!;

        Assert.Equal(RecordingStatus.Available, (await backend.Seal(video.Name)).Value!.Status);
        Assert.Equal(RecordingStatus.Available, (await backend.Seal(audio.Name)).Value!.Status);

        Assert.Equal([video.Name.Name, audio.Name.Name], await backend.Replays(patient));
        Assert.Empty(await backend.Replays(other));
    }

    [Fact]
    public async Task Nothing_is_recorded_without_consent_in_just_that_mode()
    {
        var patient = Backend.NewPatient();
        var name = await backend.Book(patient);
        var consultation = backend.Grains.Consultation(name);
        await consultation.Start(ConsultationMode.Video, Backend.App);
        Assert.Equal(ErrorCode.ConsentRequired, (await backend.Open(name, "video/mp4")).Error);
        await consultation.SetConsent(ConsultationMode.Audio, true, Backend.Of(patient));
        Assert.Equal(ErrorCode.ConsentRequired, (await backend.Open(name, "video/mp4")).Error);
        await consultation.SetConsent(ConsultationMode.Video, true, Backend.Of(patient));
        Assert.True((await backend.Open(name, "video/mp4")).IsSuccess);
    }

    [Fact]
    public async Task Nothing_is_recorded_where_the_patient_never_joined()
    {
        var patient = Backend.NewPatient();
        var name = await backend.Book(patient);
        var consultation = backend.Grains.Consultation(name);
        await consultation.SetConsent(ConsultationMode.Audio, true, Backend.Of(patient));
        await consultation.Start(ConsultationMode.Audio, Backend.App);
        Assert.Equal(ErrorCode.PresenceRequired, (await backend.Open(name)).Error);
        Assert.True((await consultation.Join(Backend.Of(patient))).IsSuccess);
        Assert.True((await backend.Open(name)).IsSuccess);
    }

    [Fact]
    public async Task Consent_withdrawn_during_the_call_discards_what_is_not_sealed()
    {
        var patient = Backend.NewPatient();
        var name = await backend.Begin(patient, ConsultationMode.Audio);
        var consultation = backend.Grains.Consultation(name);
        var @sealed = (await backend.Open(name)).Value!;
        await backend.Seal(@sealed.Name);
        var open = (await backend.Open(name)).Value!;

        var after = (await consultation.SetConsent(ConsultationMode.Audio, false, Backend.Of(patient))).Value!;

        Assert.Equal([RecordingStatus.Available, RecordingStatus.Discarded], after.Recordings.Select(r => r.Status));
        Assert.Equal(ErrorCode.InvalidTransition, (await backend.Seal(open.Name)).Error);
        Assert.Equal([@sealed.Name.Name], await backend.Replays(patient));
    }

    [Fact]
    public async Task Consent_withdrawn_after_the_end_withdraws_the_replay()
    {
        var patient = Backend.NewPatient();
        var name = await backend.Begin(patient, ConsultationMode.Audio);
        await backend.Seal((await backend.Open(name)).Value!.Name);
        await backend.Grains.Consultation(name).End(false, Backend.App);
        Assert.Single(await backend.Replays(patient));
        await backend.Grains.Consultation(name).SetConsent(ConsultationMode.Audio, false, Backend.Of(patient));
        Assert.Empty(await backend.Replays(patient));
    }

    [Fact]
    public async Task Sealing_again_changes_nothing_and_another_digest_is_refused()
    {
        var patient = Backend.NewPatient();
        var name = (await backend.Open(await backend.Begin(patient, ConsultationMode.Audio))).Value!.Name;
        var consultation = backend.Grains.Consultation(name.Consultation);
        var media = Backend.Media();
        await backend.Seal(name, media);
        Assert.True((await consultation.Deliver(1, Guid.Empty, media, Backend.Recorder)).IsSuccess);
        Assert.Equal(ErrorCode.DigestMismatch, (await consultation.Deliver(1, Guid.Empty, Backend.Media(), Backend.Recorder)).Error);
        Assert.Single(await backend.Replays(patient));
    }

    [Fact]
    public async Task An_upload_keeps_a_seal_out_and_a_wrong_token_finds_nothing()
    {
        var recording = (await backend.Open(await backend.Begin(Backend.NewPatient(), ConsultationMode.Audio))).Value!;
        var consultation = backend.Grains.Consultation(recording.Name.Consultation);
        Assert.Equal(ErrorCode.NotFound, (await consultation.AcquireUploadLease(1, "guessed")).Error);
        var upload = (await consultation.AcquireUploadLease(1, recording.UploadToken)).Value!;
        Assert.Equal(ErrorCode.UploadInProgress, (await consultation.AcquireSealLease(1)).Error);
        await consultation.ReleaseLease(1, upload.Id);
        Assert.True((await consultation.AcquireSealLease(1)).IsSuccess);
        Assert.Equal(ErrorCode.UploadInProgress, (await consultation.AcquireUploadLease(1, recording.UploadToken)).Error);
    }

    [Fact]
    public async Task The_wrong_patient_in_the_call_leaves_nothing_in_the_list()
    {
        var patient = Backend.NewPatient();
        var name = await backend.Begin(patient, ConsultationMode.Audio);
        await backend.Seal((await backend.Open(name)).Value!.Name);
        var ended = await backend.Grains.Consultation(name).End(true, Backend.App);
        Assert.Equal(ConsultationStatus.Ended, ended.Value!.Status);
        Assert.Empty(await backend.Replays(patient));
    }

    [Fact]
    public async Task A_client_can_deliver_nothing_to_a_patient()
    {
        var patient = Backend.NewPatient();
        var recording = (await backend.Open(await backend.Begin(patient, ConsultationMode.Audio))).Value!;
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
        Assert.Equal(DeliveryResult.Refused, await backend.Grains.Patient(patient).AcceptReplay(new Delivery(replay, Backend.Recorder)));
        Assert.Equal(DeliveryResult.Refused, await backend.Grains.Patient(Backend.NewPatient()).AcceptReplay(new Delivery(replay, Backend.Recorder)));
        Assert.Empty(await backend.Replays(patient));
    }

    [Fact]
    public async Task The_same_booking_key_books_once_and_another_body_is_refused()
    {
        var patient = backend.Grains.Patient(Backend.NewPatient());
        var booking = new Booking { Clinician = new Clinician("clin-1", "Dr Amara Osei"), ScheduledFor = DateTimeOffset.UnixEpoch };
        var first = await patient.Book(booking, new IdempotencyKey("k", "b"), Backend.App);
        Assert.Equal(first.Value!.Name, (await patient.Book(booking, new IdempotencyKey("k", "b"), Backend.App)).Value!.Name);
        Assert.Equal(ErrorCode.IdempotencyKeyReused, (await patient.Book(booking, new IdempotencyKey("k", "c"), Backend.App)).Error);
        Assert.Equal(2, (await patient.Book(booking, new IdempotencyKey("l", "b"), Backend.App)).Value!.Name.Number);
    }

    [Fact]
    public async Task A_long_ledger_is_listed_whole_newest_first_and_each_once()
    {
        var patient = Backend.NewPatient();
        var names = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            var consultation = await backend.Begin(patient, ConsultationMode.Audio);
            if (i % 3 == 0)
                continue;
            var recording = (await backend.Open(consultation)).Value!;
            await backend.Seal(recording.Name);
            names.Insert(0, recording.Name.Name);
        }
        Assert.Equal(names, await backend.Replays(patient));
    }

    [Fact]
    public async Task The_wrong_patient_in_the_call_opens_an_incident_and_stops_what_was_sealed()
    {
        var name = await backend.Begin(Backend.NewPatient(), ConsultationMode.Audio);
        var @sealed = (await backend.Open(name)).Value!.Name;
        Assert.True((await backend.Seal(@sealed)).IsSuccess);
        var unsealed = (await backend.Open(name)).Value!.Name;
        for (var times = 0; times < 2; times++)
            Assert.True((await backend.Grains.Consultation(name).End(wrongPatient: true, Backend.App)).IsSuccess);

        Assert.Empty(await backend.Replays(name.Patient));
        Assert.Equal(RecordingStatus.Discarded, (await backend.Grains.Consultation(name).Get())!.Recordings[unsealed.Ordinal - 1].Status);
        Assert.Equal(Visibility.Gone, backend.Services.GetRequiredService<IStopList>().Current().MediaVisibility(@sealed));
        var log = backend.Services.GetRequiredService<IIncidentLog>();
        var incident = Assert.Single(await log.List(open: true, 100, null), one => one.Report.Cause == name.Name);
        Assert.Equal((IncidentSource.Scheduler, 1), (incident.Report.Source, incident.Occurrences));
        Assert.Equal([@sealed], incident.Recordings);
        Assert.NotNull(incident.DueAt);
    }

    [Fact]
    public async Task Consent_withdrawn_afterwards_stops_what_was_sealed_wherever_it_plays()
    {
        var name = await backend.Begin(Backend.NewPatient(), ConsultationMode.Audio);
        var @sealed = (await backend.Open(name)).Value!.Name;
        Assert.True((await backend.Seal(@sealed)).IsSuccess);
        await backend.Grains.Consultation(name).End(wrongPatient: false, Backend.App);
        Assert.True((await backend.Grains.Consultation(name).SetConsent(ConsultationMode.Audio, false, Backend.Of(name.Patient))).IsSuccess);
        Assert.Equal(Visibility.Gone, backend.Services.GetRequiredService<IStopList>().Current().MediaVisibility(@sealed));
        Assert.Empty(await backend.Replays(name.Patient));
    }
}
