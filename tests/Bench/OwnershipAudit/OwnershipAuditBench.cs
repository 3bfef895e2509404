using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Replays.Api.Tests.Http;
using Replays.Grains.Patients;

namespace Replays.Bench.OwnershipAudit;

/// <summary>
/// The <c>audit</c> command as a separate process, on a PostgreSQL database of 100,000 patients with ten replays each: the first ownership
/// audit, which stores the head of every audit trail, and the next one.
/// </summary>
internal static class OwnershipAuditBench
{
    private const double MinReplaysPerSecond = 30_000, MaxMegaBytes = 300;

    /// <param name="args">A directory that keeps the database for later runs; and the number of patients, 100000 by default.</param>
    public static async Task Run(string[] args)
    {
        var directory = args is [var path, ..]
            ? Path.GetFullPath(path)
            : Path.Combine(Path.GetTempPath(), $"replays-bench-{Guid.NewGuid():N}");
        var patients = args is [_, var count] ? int.Parse(count) : 100_000;
        await using var services = new ServiceCollection()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(LedgerPage).Assembly)).BuildServiceProvider();
        var database = new PopulatedDatabase(directory, patients, services.GetRequiredService<Serializer>());
        var faults = await database.Open();
        try
        {
            await Audit("first audit", database, directory, faults);
            await Audit("next audit", database, directory, faults);
        }
        finally
        {
            await database.Close();
            if (args is [])
                Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task Audit(string name, PopulatedDatabase database, string directory, string[] faults)
    {
        await using var silo = new ProgramProcess("Silo", directory, new Dictionary<string, string?>
        {
            ["ConnectionStrings__Replays"] = database.ConnectionString,
            ["Replays__Media__Directory"] = database.Media,
        });
        var started = Stopwatch.GetTimestamp();
        silo.Launch("audit", "--json");
        var (peak, exit) = await MeasurePeak(silo);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        var result = exit is 0 or 1 ? JsonNode.Parse(silo.Output)! : throw new InvalidOperationException(silo.Output);
        var found = result["findings"]!.AsArray().Select(finding => $"{finding!["kind"]} {finding["name"]}")
            .Order(StringComparer.Ordinal).ToList();
        var (missed, extra) = (faults.Except(found).ToList(), found.Except(faults).ToList());
        var counts = result["checked"]!;
        var replays = (long)counts["replays"]!;
        Console.WriteLine($"""
            {name}: {replays} replays, {counts["trailEntries"]} audit entries, {counts["mediaObjects"]} media objects in {seconds:0.0} s
              {replays / seconds:0} replays per second from start to exit (target at least {MinReplaysPerSecond:0})
              {peak / 1e6:0} MB at most (target under {MaxMegaBytes:0})
              {faults.Length} injected faults: {missed.Count} not found, {extra.Count} false findings (targets 0 and 0)
            """);
        foreach (var fault in missed)
            Console.WriteLine($"  not found: {fault}");
        foreach (var finding in extra.Take(10))
            Console.WriteLine($"  false: {finding}");
    }

    private static async Task<(long Peak, int ExitCode)> MeasurePeak(ProgramProcess silo)
    {
        var (peak, exit) = (0L, silo.Exit(TimeSpan.FromMinutes(30)));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!exit.IsCompleted)
        {
            try
            {
                peak = Math.Max(peak, ProcessMemory.Peak(silo));
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // The process has just ended.
            }
            await timer.WaitForNextTickAsync();
        }
        return (peak, await exit);
    }
}
