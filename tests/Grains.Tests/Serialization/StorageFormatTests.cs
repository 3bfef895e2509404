using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.Tests.Consultations;

namespace Replays.Grains.Tests.Serialization;

/// <summary>
/// Reads records that format version 1 stored, checked in as hexadecimal, because every record in production must stay readable. These
/// files never change; a new format version adds its own.
/// </summary>
public sealed class StorageFormatTests(Backend backend)
{
    private static readonly DateTimeOffset At = new(2026, 6, 10, 10, 0, 0, TimeSpan.Zero);
    private static readonly PatientId Patient = PatientId.Parse("p-1.a|B:c@d~e_f");
    private static readonly ConsultationId Consultation = Patient.Consultation(17);
    private static readonly Actor Recorder = new("media-pipeline", "recorder");
    private static readonly IdempotencyKey Key = new("00aa", "11bb");
    private static readonly Booking Booked =
        new() { Clinician = new Clinician("clin-1", "Dr Amara Osei"), ScheduledFor = At, TimeZone = "Africa/Lagos", Reason = "Rash" };

    private static readonly AuditEntry Entry = new()
    {
        Id = new Guid("11111111-2222-3333-4444-555555555555"),
        At = At,
        Kind = "replay.delivered",
        By = Recorder,
        Subject = Consultation.Recording(2).Name,
        Detail = "audio",
    };

    private static readonly Dictionary<string, StoredRecord> Records = new()
    {
        ["ledger-header"] = new StoredRecord<LedgerHeader>(new()
        {
            Owner = Patient.Name,
            LastPage = 3,
            LegalHold = new LegalHold("dispute", At, Recorder),
        }),
        ["ledger-page"] = new StoredRecord<LedgerPage>(new()
        {
            Owner = LedgerPage.PageKey(Patient, 1),
            Entries =
            [
                new LedgerEntry
                {
                    Name = Consultation, Booking = Booked, Status = ConsultationStatus.Ended, BookedAt = At, IdempotencyKey = Key,
                    Replays =
                    [
                        new Replay
                        {
                            Name = Consultation.Recording(2), Mode = ConsultationMode.Video, RecordedAt = At, DurationSeconds = 12.5,
                            SizeBytes = 1L << 40, ContentType = "video/mp4", Sha256 = "ab", ObjectKey = "cd", WrappedKey = [1, 2, 3],
                            Withdrawal = new Withdrawal("wrong", At, Recorder),
                        },
                    ],
                },
            ],
            Outbox = [Entry],
        }),
        ["consultation"] = new StoredRecord<ConsultationState>(new()
        {
            Owner = Consultation.Name,
            Booking = Booked,
            Status = ConsultationStatus.Settled,
            Modes = [new ModeChange(ConsultationMode.Audio, At), new ModeChange(ConsultationMode.Video, At)],
            Audio = new Consent { Granted = true, At = At, By = Patient.Value, Attested = false },
            Video = new Consent { Granted = false, At = At, By = "nurse", Attested = true },
            JoinedAt = At,
            PresenceDigests = ["ef"],
            EndedAt = At,
            WrongPatient = true,
            Outbox = [Entry],
            PendingWithdrawals = [new PendingWithdrawal(ConsultationMode.Video, "consent-withdrawn", Recorder)],
            Recordings =
            [
                new RecordingState
                {
                    Ordinal = 1, Mode = ConsultationMode.Audio, Status = RecordingStatus.Available, StartedAt = At,
                    ContentType = "audio/mp4", Length = 9, UploadToken = "t", ObjectKey = "o", WrappedKey = [4, 5], IdempotencyKey = Key,
                    Media = new VerifiedMedia { DurationSeconds = 1.5, Sha256 = "00", SizeBytes = 9 },
                },
            ],
        }),
        ["audit-page"] = new StoredRecord<TrailPage>(new()
        {
            Owner = Patient.Name,
            Number = 2,
            Entries = [new ChainedEntry { Id = Entry.Id, RecordedAt = 5, Commitment = [6], Hash = [7], Salt = [8], Content = [9] }],
        }),
        ["audit-head"] = new StoredRecord<TrailHead>(new() { Owner = Patient.Name, Count = 129, Hash = [7] }),
        ["incident"] = new StoredRecord<IncidentState>(new()
        {
            Owner = "incidents/00",
            Kind = IncidentKind.Breach,
            AwareAt = At,
            ProcessedSteps = 1,
            Record = new IncidentRecord
            {
                HowFound = "A patient told us.",
                Attack = false,
                People = 2,
                DataCategories = ["health"],
                Notifications = [new Notification("regulator", At, "initial", "R-1")],
                Article34 = new Article34(true, "private", [new Communication(At, 2, "We are sorry.")]),
            },
            Resolution = new Resolution { Outcome = IncidentOutcome.Withdrawn, Note = "gone", By = Recorder, At = At },
            Steps = [new IncidentStep(IncidentStepKinds.Withdrawn, At, Recorder, "gone")],
        }),
    };

    public static TheoryData<string> Names => [.. Records.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_of_format_version_1_is_readable(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Serialization", "v1", $"{name}.hex");
        var stored = Convert.FromHexString(File.ReadAllText(path).ReplaceLineEndings(""));
        var serializer = new OrleansGrainStorageSerializer(backend.Services.GetRequiredService<Serializer>());
        Records[name].Check(serializer, new BinaryData(stored));
    }

    private abstract record StoredRecord
    {
        public abstract void Check(IGrainStorageSerializer serializer, BinaryData stored);
    }

    private sealed record StoredRecord<T>(T Expected) : StoredRecord
    {
        public override void Check(IGrainStorageSerializer serializer, BinaryData stored) =>
            Assert.Equal(JsonSerializer.Serialize(Expected), JsonSerializer.Serialize(serializer.Deserialize<T>(stored)));
    }
}
