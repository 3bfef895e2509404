using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Storage;

namespace Replays.Bench;

/// <summary>The cost of a seal for patients with few and with many replays, in the grains of an embedded silo on SQLite.</summary>
internal static class SealBench
{
    private const int Few = 50, Many = 1_500, Seals = 101;

    private static readonly Actor App = new("app-backend", "scheduler"), Recorder = new("media-pipeline", "recorder");

    private static readonly Booking Booking =
        new() { Clinician = new Clinician("clin-1", "Dr Amara Osei"), ScheduledFor = DateTimeOffset.UnixEpoch };

    public static async Task Run(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("replays-bench-").FullName;
        using var host = await BenchSilo.Start(new() { ["Replays:DataDirectory"] = directory });
        var grains = host.Services.GetRequiredService<IGrainFactory>();

        var (few, many, veteran) = (PatientId.Parse("p-few"), PatientId.Parse("p-many"), PatientId.Parse("p-veteran"));
        await Fill(grains, few, Few);
        await Fill(grains, many, Many);
        await FillLastPage(host.Services, veteran, 100_000);
        var measured = new[] { few, many, veteran }.ToDictionary(patient => patient, _ => new List<double>());
        var bytes = new Dictionary<PatientId, long>();
        for (var i = 0; i < Seals; i++)
        {
            foreach (var patient in measured.Keys)
            {
                var (recording, lease) = await Prepare(grains, patient);
                var written = WrittenBytes();
                var started = Stopwatch.GetTimestamp();
                var result = await Deliver(grains, recording, lease, i);
                measured[patient].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                bytes[patient] = bytes.GetValueOrDefault(patient) + WrittenBytes() - written;
                if (!result.IsSuccess)
                    throw new InvalidOperationException($"{result.Error}");
            }
        }

        Ratio.Print($"Seal at {Many} replays against {Few}, ms", measured[many], measured[few], "at most 1.3");
        Ratio.Print($"Seal at 100,000 replays against {Few}, ms", measured[veteran], measured[few], "about 1");
        Console.WriteLine($"Bytes written per seal: {bytes[few] / Seals} at {Few}, {bytes[many] / Seals} at {Many}, "
            + $"{bytes[veteran] / Seals} at 100,000.");
        await host.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    internal static async Task Fill(IGrainFactory grains, PatientId patient, int replays)
    {
        for (var i = 0; i < replays; i++)
        {
            var (recording, lease) = await Prepare(grains, patient);
            await Deliver(grains, recording, lease, i);
        }
    }

    private static Task<Result<Recording>> Deliver(IGrainFactory grains, RecordingId recording, Guid lease, int digest)
    {
        var media = new VerifiedMedia { DurationSeconds = 3, Sha256 = $"{digest:x64}", SizeBytes = 1_000 };
        return grains.Consultation(recording.Consultation).Deliver(recording.Ordinal, lease, media, Recorder);
    }

    private static async Task<(RecordingId Recording, Guid Lease)> Prepare(IGrainFactory grains, PatientId patient)
    {
        var name = (await grains.Patient(patient).Book(Booking, null, App)).Value!.Name;
        var consultation = grains.Consultation(name);
        await consultation.Start(ConsultationMode.Audio, App);
        await consultation.SetConsent(ConsultationMode.Audio, true, new Actor(patient.Value, "patient"));
        var opened = await consultation.OpenRecording(new OpenRecordingRequest { ContentType = "audio/mp4" }, Recorder);
        return (opened.Value!.Name, (await consultation.AcquireSealLease(1)).Value!.Id);
    }

    /// <summary>Stores the ledger header and the last page of a patient with many consultations, and no other page.</summary>
    private static async Task FillLastPage(IServiceProvider services, PatientId patient, int consultations)
    {
        var storage = services.GetRequiredKeyedService<IGrainStorage>(ReplaysStorage.Name);
        var page = LedgerPage.PageNumberOf(consultations);
        var grain = services.GetRequiredService<IGrainFactory>().Patient(patient).GetGrainId();
        var header = new LedgerHeader { Owner = patient.Name, LastPage = page };
        await storage.WriteStateAsync("ledger-header", grain, new GrainState<LedgerHeader>(header));
        var name = LedgerPage.PageKey(patient, page);
        var entries = Enumerable.Range(page * LedgerPage.Size, LedgerPage.Size).Select(number => new LedgerEntry
        {
            Name = patient.Consultation(number),
            Booking = Booking,
            Status = ConsultationStatus.Ended,
            BookedAt = DateTimeOffset.UnixEpoch,
        });
        var lastPage = new LedgerPage { Owner = name, Entries = [.. entries] };
        await storage.WriteStateAsync(
            LedgerPage.StateName, GrainId.Create(LedgerPage.StateName, name), new GrainState<LedgerPage>(lastPage));
    }

    /// <summary>All bytes that this process has written so far, the audit trail's included.</summary>
    private static long WrittenBytes() =>
        long.Parse(File.ReadLines("/proc/self/io").Single(line => line.StartsWith("wchar:", StringComparison.Ordinal))["wchar: ".Length..]);
}
