using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Storage;

namespace Replays.Bench;

/// <summary>What it costs to seal for a patient with many replays, and with few: embedded, on SQLite, as the grains do it.</summary>
internal static class SealBench
{
    private const int Few = 50, Many = 1_500, Seals = 101;

    private static readonly Actor App = new("app-backend", "scheduler"), Recorder = new("media-pipeline", "recorder");

    public static async Task Run(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("replays-bench-").FullName;
        using var host = await BenchSilo.Start(new() { ["Replays:DataDirectory"] = directory });
        var grains = host.Services.GetRequiredService<IGrainFactory>();

        var (few, many, veteran) = (PatientId.Parse("p-few"), PatientId.Parse("p-many"), PatientId.Parse("p-veteran"));
        await Fill(grains, few, Few);
        await Fill(grains, many, Many);
        await Age(host.Services, veteran, 100_000);
        var measured = new[] { few, many, veteran }.ToDictionary(patient => patient, _ => new List<double>());
        var bytes = new Dictionary<PatientId, long>();
        for (var i = 0; i < Seals; i++)
        {
            foreach (var patient in measured.Keys)
            {
                var (recording, grant) = await Prepare(grains, patient);
                var written = Written();
                var started = Stopwatch.GetTimestamp();
                var media = new VerifiedMedia { DurationSeconds = 3, Sha256 = $"{i:x64}", SizeBytes = 1_000 };
                var done = await grains.Consultation(recording.Consultation).Deliver(recording.Ordinal, grant, media, Recorder);
                measured[patient].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                bytes[patient] = bytes.GetValueOrDefault(patient) + Written() - written;
                if (!done.IsSuccess)
                    throw new InvalidOperationException($"{done.Error}");
            }
        }

        Ratio.Print($"Seal at {Many} replays against {Few}, ms", measured[many], measured[few], "at most 1.3");
        Ratio.Print($"Seal at 100,000 replays against {Few}, ms", measured[veteran], measured[few], "about 1");
        Console.WriteLine($"Bytes written a seal: {bytes[few] / Seals} at {Few}, {bytes[many] / Seals} at {Many}, {bytes[veteran] / Seals} at 100,000.");
        await host.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    internal static async Task Fill(IGrainFactory grains, PatientId patient, int replays)
    {
        for (var i = 0; i < replays; i++)
        {
            var (recording, grant) = await Prepare(grains, patient);
            var media = new VerifiedMedia { DurationSeconds = 3, Sha256 = $"{i:x64}", SizeBytes = 1_000 };
            await grains.Consultation(recording.Consultation).Deliver(recording.Ordinal, grant, media, Recorder);
        }
    }

    private static async Task<(RecordingId Recording, Guid Grant)> Prepare(IGrainFactory grains, PatientId patient)
    {
        var booking = new Booking { Clinician = new Clinician("clin-1", "Dr Amara Osei"), ScheduledFor = DateTimeOffset.UnixEpoch };
        var name = (await grains.Patient(patient).Book(booking, null, App)).Value!.Name;
        var consultation = grains.Consultation(name);
        await consultation.Start(ConsultationMode.Audio, App);
        await consultation.SetConsent(ConsultationMode.Audio, true, new Actor(patient.Value, "patient"));
        var opened = await consultation.OpenRecording(new OpenRecordingRequest { ContentType = "audio/mp4" }, Recorder);
        return (opened.Value!.Name, (await consultation.AcquireSealLease(1)).Value!.Id);
    }

    /// <summary>A patient whose ledger has so many consultations, of which only the last page is there.</summary>
    private static async Task Age(IServiceProvider services, PatientId patient, int consultations)
    {
        var storage = services.GetRequiredKeyedService<IGrainStorage>(ReplaysStorage.Name);
        var page = LedgerPage.PageNumberOf(consultations);
        var grain = services.GetRequiredService<IGrainFactory>().Patient(patient).GetGrainId();
        await storage.WriteStateAsync("ledger-header", grain, new GrainState<LedgerHeader>(new() { Owner = patient.Name, LastPage = page }));
        var name = LedgerPage.PageKey(patient, page);
        var entries = Enumerable.Range(page * LedgerPage.Size, LedgerPage.Size).Select(number => new LedgerEntry
        {
            Name = patient.Consultation(number),
            Booking = new Booking { Clinician = new Clinician("clin-1", "Dr Amara Osei"), ScheduledFor = DateTimeOffset.UnixEpoch },
            Status = ConsultationStatus.Ended,
            BookedAt = DateTimeOffset.UnixEpoch,
        });
        await storage.WriteStateAsync(
            LedgerPage.StateName, GrainId.Create(LedgerPage.StateName, name), new GrainState<LedgerPage>(new() { Owner = name, Entries = [.. entries] }));
    }

    /// <summary>Bytes that this process has handed to files so far, the audit trail's among them.</summary>
    private static long Written() =>
        long.Parse(File.ReadLines("/proc/self/io").Single(line => line.StartsWith("wchar:", StringComparison.Ordinal))["wchar: ".Length..]);
}
