using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Replays.Api.Replays;
using Replays.Grains;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;

namespace Replays.Bench;

/// <summary>
/// Lists per second with and without evidence of exposure, on the same silo and patients in turns; without HTTP, whose cost would hide the
/// difference. Measures repeated listings, which are the most, and first ones, which write evidence.
/// </summary>
internal static class ListBench
{
    private const int Patients = 64, Replays = 20, Concurrency = 8, Rounds = 11;

    private static readonly TimeSpan RoundDuration = TimeSpan.FromSeconds(1);

    public static async Task Run(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("replays-bench-").FullName;
        using var host = await BenchSilo.Start(new() { ["Replays:DataDirectory"] = directory });
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var patients = Enumerable.Range(0, Patients).Select(i => PatientId.Parse($"p-{i}")).ToArray();
        foreach (var patient in patients)
            await SealBench.Fill(grains, patient, Replays);

        var stops = host.Services.GetRequiredService<IStopList>();
        var ours = new ReplayReader(grains, stops, host.Services.GetRequiredService<IExposureLog>(), new EnabledSafeguards());
        var peer = new ReplayReader(grains, stops, new NullExposureLog(), new EnabledSafeguards());
        var started = Stopwatch.GetTimestamp();
        foreach (var patient in patients)
            await List(ours, patient);
        var rate = Patients / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"First listings, sequential, each recorded before the response: {rate:0} per second");

        List<double> with = [], without = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var (own, other) = (await Rate(ours, patients), await Rate(peer, patients));
            if (round == 0)
                continue; // warm-up
            with.Add(own);
            without.Add(other);
        }
        Ratio.Print($"Lists of {Replays} replays per second, with evidence against without", with, without, "at least 0.9");
        await host.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<double> Rate(ReplayReader reader, PatientId[] patients)
    {
        var (lists, started) = (0, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < RoundDuration)
                await List(reader, patients[Interlocked.Increment(ref lists) % patients.Length]);
        })));
        return lists / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task List(ReplayReader reader, PatientId patient)
    {
        var viewer = Viewer.Of(new Actor(patient.Value, "patient"));
        var page = await reader.List(patient, new ReplayQuery { Limit = Replays }, viewer, CancellationToken.None);
        if (page.Items.Count != Replays)
            throw new InvalidOperationException($"{page.Items.Count} replays instead of {Replays}.");
    }

    private sealed class NullExposureLog : IExposureLog
    {
        public ValueTask RecordListing(
            IReadOnlyCollection<RecordingId> recordings, Recipient to, string disclosed, CancellationToken cancellation) => default;

        public Task RecordPlayback(PlaybackPart part, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<bool> HasStarted(string playback, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<string?> FindRecent(RecordingId recording, Recipient to, DateTimeOffset since, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<Exposures> FindByIncident(string incident, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Exposures> FindByPrincipal(
            string principal, bool? entitled, int recordings, RecordingId? after, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<ImmutableArray<(RecordingId Recording, string Incident)>> FindDisputes(
            IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }
}
