using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Storage;
using Replays.Bench.OwnershipAudit;
using Replays.Data.Sql;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Storage;
using Replays.Grains.Tests.Storage;

namespace Replays.Bench;

/// <summary>The speed of audit trail verification by the grain, on embedded SQLite and, if installed, on PostgreSQL.</summary>
internal static class TrailVerificationBench
{
    private const int Entries = 200_000, Rounds = 5;

    public static async Task Run(string[] args)
    {
        var directory = Path.Combine(Path.GetTempPath(), $"replays-bench-{Guid.NewGuid():N}");
        await Verify("embedded", directory, new() { ["Replays:DataDirectory"] = directory });
        if (PostgresCluster.Binaries is not null)
        {
            var cluster = new PostgresCluster(Path.Combine(directory, "postgres"));
            await cluster.Start();
            try
            {
                Schema.MigratePostgres(cluster.ConnectionString("postgres"));
                await Verify("PostgreSQL", directory, new()
                {
                    ["ConnectionStrings:Replays"] = cluster.ConnectionString("postgres"),
                    ["Replays:Media:Directory"] = Path.Combine(directory, "media"),
                    ["Replays:Silo:SiloPort"] = $"{LoopbackPort.Next()}",
                    ["Replays:Silo:GatewayPort"] = $"{LoopbackPort.Next()}",
                    ["Replays:Silo:AdvertisedAddress"] = "127.0.0.1",
                });
            }
            finally
            {
                await cluster.Stop();
            }
        }
        NpgsqlConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task Verify(string name, string directory, Dictionary<string, string?> settings)
    {
        Directory.CreateDirectory(directory);
        using var host = await BenchSilo.Start(settings);
        var patient = PatientId.Parse("p-veteran");
        await Fill(host.Services.GetRequiredKeyedService<IGrainStorage>(ReplaysStorage.Name), patient);

        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var rates = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var check = await grains.VerifyTrail(patient);
            if (!check.IsIntact || check.Entries != Entries)
                throw new InvalidOperationException($"{check}");
            if (round > 0) // round 0 is the warm-up
                rates.Add(Entries / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        Console.WriteLine($"verify, {name}: {Ratio.Median(rates):0} entries per second (target at least 100000; median of {Rounds})");
        await host.StopAsync();
    }

    private static async Task Fill(IGrainStorage storage, PatientId patient)
    {
        var (hash, entries, count) = (TrailChain.Genesis(patient.Name), new List<ChainedEntry>(), 0L);
        var content = SyntheticPatients.Trail(patient).Pages.SelectMany(page => page.Entries).Select(entry => entry.Content!).ToList();
        while (count < Entries)
        {
            entries.Add(TrailChain.CreateEntry(hash, ++count, Guid.NewGuid(), count, content[(int)(count % content.Count)]));
            hash = entries[^1].Hash;
            if (entries.Count < TrailStorage.PageSize && count < Entries)
                continue;
            var page = new TrailPage { Owner = patient.Name, Number = (int)((count - 1) / TrailStorage.PageSize), Entries = [.. entries] };
            var key = GrainId.Create("audit-trail", TrailStorage.PageKey(patient.Name, page.Number));
            await storage.WriteStateAsync(TrailStorage.PageState, key, new GrainState<TrailPage>(page));
            entries.Clear();
        }
        var head = new TrailHead { Owner = patient.Name, Count = count, Hash = hash };
        await storage.WriteStateAsync(TrailStorage.HeadState, GrainId.Create("audit-trail", patient.Name), new GrainState<TrailHead>(head));
    }
}
