using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Bench.OwnershipAudit;

/// <summary>
/// Records of patients as the grains store them: ten settled consultations each, with one replay and eight audit entries. There is no
/// ledger header, because the first page needs none. Everything is derived from the patient's index, so that nothing is kept in memory.
/// </summary>
internal static class SyntheticPatients
{
    public const int ReplaysPerPatient = 10;

    private const int SegmentBytes = 64 * 1024, TagBytes = 16, SecondsPerDay = 24 * 60 * 60;

    private static readonly DateTimeOffset Epoch = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly Actor App = new("app-backend", "scheduler"), Recorder = new("media-pipeline", "recorder");

    /// <summary>Hashed ids, which like those of identity providers have no order.</summary>
    public static PatientId Patient(int index) => PatientId.Parse($"p-{Hex(index.ToString(CultureInfo.InvariantCulture), 10)}");

    public static string ObjectKey(RecordingId recording) => Hex($"object {recording}", 16);

    /// <summary>The size in bytes before encryption: 8 to 263 MB.</summary>
    public static long SizeOf(string objectKey) => 8_000_000 + int.Parse(objectKey.AsSpan(0, 2), NumberStyles.HexNumber) * 1_000_003L;

    public static long EncryptedSizeOf(string objectKey) =>
        SizeOf(objectKey) + (SizeOf(objectKey) + SegmentBytes - 1) / SegmentBytes * TagBytes;

    public static LedgerPage Page(PatientId patient) => new()
    {
        Owner = LedgerPage.PageKey(patient, 0),
        Entries =
        [
            .. Consultations(patient).Select(name => new LedgerEntry
            {
                Name = name,
                Booking = Booking(name),
                Status = ConsultationStatus.Settled,
                BookedAt = Day(name).AddDays(-3),
                Replays = [Replay(name.Recording(1))],
            }),
        ],
    };

    public static ConsultationState Consultation(ConsultationId name)
    {
        var (day, recording) = (Day(name), name.Recording(1));
        var consent = new Consent { Granted = true, At = day, By = name.Patient.Value, Attested = false };
        return new()
        {
            Owner = name.Name,
            Booking = Booking(name),
            Status = ConsultationStatus.Settled,
            Modes = [new(Mode(name), day)],
            Audio = Mode(name) is ConsultationMode.Audio ? consent : null,
            Video = Mode(name) is ConsultationMode.Video ? consent : null,
            JoinedAt = day.AddSeconds(20),
            PresenceDigests = [Hex($"presence {name}", 32)],
            Recordings =
            [
                new()
                {
                    Ordinal = 1,
                    Mode = Mode(name),
                    Status = RecordingStatus.Available,
                    StartedAt = day.AddSeconds(30),
                    ContentType = ContentType(name),
                    UploadToken = Hex($"upload {recording}", 16),
                    ObjectKey = ObjectKey(recording),
                    WrappedKey = WrappedKey(recording),
                    Media = new()
                    {
                        DurationSeconds = 600,
                        Sha256 = Hex($"media {recording}", 32),
                        SizeBytes = SizeOf(ObjectKey(recording)),
                    },
                },
            ],
            EndedAt = day.AddSeconds(700),
            Outbox = [Entries(name)[^1]],
        };
    }

    public static (ImmutableArray<TrailPage> Pages, TrailHead Head) Trail(PatientId patient)
    {
        var (pages, chained) = (ImmutableArray.CreateBuilder<TrailPage>(), new List<ChainedEntry>());
        var (hash, count) = (TrailChain.Genesis(patient.Name), 0L);
        foreach (var entry in Consultations(patient).SelectMany(Entries))
        {
            if (chained.Count == TrailStorage.PageSize)
                Close();
            var content = JsonSerializer.SerializeToUtf8Bytes(entry, TrailJson.Default.AuditEntry);
            chained.Add(TrailChain.CreateEntry(hash, ++count, entry.Id, entry.At.ToUnixTimeMilliseconds(), content));
            hash = chained[^1].Hash;
        }
        Close();
        return (pages.DrainToImmutable(), new() { Owner = patient.Name, Count = count, Hash = hash });

        void Close()
        {
            pages.Add(new() { Owner = patient.Name, Number = pages.Count, Entries = [.. chained] });
            chained.Clear();
        }
    }

    private static IEnumerable<ConsultationId> Consultations(PatientId patient) =>
        Enumerable.Range(1, ReplaysPerPatient).Select(patient.Consultation);

    private static AuditEntry[] Entries(ConsultationId name)
    {
        var (day, recording, patient) = (Day(name), name.Recording(1), new Actor(name.Patient.Value, "patient"));
        var mode = Mode(name).ToString().ToLowerInvariant();
        return
        [
            Entry("consultation.booked", App, name.Name, day.AddDays(-3)),
            Entry("consultation.started", App, name.Name, day, mode),
            Entry("patient.joined", patient, name.Name, day.AddSeconds(20)),
            Entry("consent.granted", patient, name.Name, day.AddSeconds(25), mode),
            Entry("recording.opened", Recorder, recording.Name, day.AddSeconds(30), mode),
            Entry("replay.delivered", Recorder, recording.Name, day.AddSeconds(680)),
            Entry("consultation.ended", App, name.Name, day.AddSeconds(700)),
            Entry("consultation.settled", Actor.System, name.Name, day.AddDays(1)),
        ];

        static AuditEntry Entry(string kind, Actor by, string subject, DateTimeOffset at, string? detail = null) =>
            new() { Id = new(Bytes($"{kind} {subject}", 16)), At = at, Kind = kind, By = by, Subject = subject, Detail = detail };
    }

    private static Replay Replay(RecordingId name) => new()
    {
        Name = name,
        Mode = Mode(name.Consultation),
        RecordedAt = Day(name.Consultation).AddSeconds(30),
        DurationSeconds = 600,
        SizeBytes = SizeOf(ObjectKey(name)),
        ContentType = ContentType(name.Consultation),
        Sha256 = Hex($"media {name}", 32),
        ObjectKey = ObjectKey(name),
        WrappedKey = WrappedKey(name),
    };

    private static Booking Booking(ConsultationId name) => new()
    {
        Clinician = new($"clin-{name.Number}", "Dr Amara Osei"),
        ScheduledFor = Day(name),
        TimeZone = "Europe/London",
        Reason = "A follow-up of the last consultation",
    };

    private static ConsultationMode Mode(ConsultationId name) => name.Number % 3 == 0 ? ConsultationMode.Audio : ConsultationMode.Video;

    private static string ContentType(ConsultationId name) => Mode(name) is ConsultationMode.Audio ? "audio/mp4" : "video/mp4";

    private static DateTimeOffset Day(ConsultationId name) =>
        Epoch.AddDays(name.Number * 21).AddSeconds(BitConverter.ToUInt32(Bytes(name.Patient.Value, 4)) % SecondsPerDay);

    private static byte[] WrappedKey(RecordingId name) => [.. Bytes($"key {name}", 32), .. Bytes($"tag {name}", 28)];

    private static string Hex(string seed, int bytes) => Convert.ToHexStringLower(Bytes(seed, bytes));

    private static byte[] Bytes(string seed, int count) => SHA256.HashData(Encoding.UTF8.GetBytes(seed))[..count];
}
