using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Storage;
using Replays.Data.Sql;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Storage;
using Replays.Grains.Tests.Storage;

namespace Replays.Bench.Audit;

/// <summary>How fast a trail is verified by its grain, page by page out of the database: embedded, and on PostgreSQL where there is one.</summary>
internal static class VerifyBench
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

    private static async Task Verify(string where, string directory, Dictionary<string, string?> settings)
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
            if (round > 0) // not measured cold
                rates.Add(Entries / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        Console.WriteLine($"verify, {where}: {Ratio.Median(rates):0} entries a second (target at least 100000; median of {Rounds})");
        await host.StopAsync();
    }

    private static async Task Fill(IGrainStorage storage, PatientId patient)
    {
        var (hash, links, count) = (TrailChain.Genesis(patient.Name), new List<ChainedEntry>(), 0L);
        var content = Population.Trail(patient).Pages.SelectMany(page => page.Entries).Select(link => link.Content!).ToList();
        while (count < Entries)
        {
            links.Add(TrailChain.CreateEntry(hash, ++count, Guid.NewGuid(), count, content[(int)(count % content.Count)]));
            hash = links[^1].Hash;
            if (links.Count < TrailStorage.PageSize && count < Entries)
                continue;
            var page = new TrailPage { Owner = patient.Name, Number = (int)((count - 1) / TrailStorage.PageSize), Entries = [.. links] };
            var key = GrainId.Create("audit-trail", TrailStorage.PageKey(patient.Name, page.Number));
            await storage.WriteStateAsync(TrailStorage.PageState, key, new GrainState<TrailPage>(page));
            links.Clear();
        }
        var head = new TrailHead { Owner = patient.Name, Count = count, Hash = hash };
        await storage.WriteStateAsync(TrailStorage.HeadState, GrainId.Create("audit-trail", patient.Name), new GrainState<TrailHead>(head));
    }
}
