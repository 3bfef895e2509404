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
/// How many lists a second there are when who is shown what is evidence, and when nobody keeps any: the same desk, silo and patients in turns, without
/// HTTP around it, in whose cost the difference would drown. Lists that were shown before, as most are, and first ones, which write.
/// </summary>
internal static class ListBench
{
    private const int Patients = 64, Replays = 20, AtOnce = 8, Rounds = 11;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

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
        var peer = new ReplayReader(grains, stops, new NoEvidence(), new EnabledSafeguards());
        var first = Stopwatch.GetTimestamp();
        foreach (var patient in patients)
            await List(ours, patient);
        Console.WriteLine($"First lists, one at a time, each durable before it is answered: {Patients / Stopwatch.GetElapsedTime(first).TotalSeconds:0} a second");

        List<double> with = [], without = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var (a, b) = (await Rate(ours, patients), await Rate(peer, patients));
            if (round == 0)
                continue; // not measured cold
            with.Add(a);
            without.Add(b);
        }
        Ratio.Print($"Lists of {Replays} replays a second, with evidence against none", with, without, "at least 0.9");
        await host.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<double> Rate(ReplayReader desk, PatientId[] patients)
    {
        var (lists, started) = (0, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < Round)
                await List(desk, patients[Interlocked.Increment(ref lists) % patients.Length]);
        })));
        return lists / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task List(ReplayReader desk, PatientId patient)
    {
        var page = await desk.List(patient, new ReplayQuery { Limit = Replays }, Viewer.Of(new Actor(patient.Value, "patient")), CancellationToken.None);
        if (page.Items.Count != Replays)
            throw new InvalidOperationException($"{page.Items.Count} replays.");
    }

    private sealed class NoEvidence : IExposureLog
    {
        public ValueTask RecordListing(IReadOnlyCollection<RecordingId> recordings, Recipient to, string disclosed, CancellationToken cancellation) => default;

        public Task RecordPlayback(PlaybackPart part, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<bool> HasStarted(string playback, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<string?> FindRecent(RecordingId recording, Recipient to, DateTimeOffset since, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Exposures> FindByIncident(string incident, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Exposures> FindByPrincipal(string principal, bool? entitled, int recordings, RecordingId? after, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<ImmutableArray<(RecordingId Recording, string Incident)>> FindDisputes(IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }
}
