using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Replays.Api.Tests.Http;
using Replays.Grains.Patients;

namespace Replays.Bench.Audit;

/// <summary>
/// The <c>audit</c> command itself, a process of its own, on a PostgreSQL of 100,000 patients with ten replays each: the first audit, which notes how
/// every trail ends, and the one after it.
/// </summary>
internal static class AuditBench
{
    private const double ReplaysASecond = 30_000, MegaBytes = 300;

    /// <param name="args">A directory in which the database is kept for the next time, or is already; and how many patients: 100000 unless told.</param>
    public static async Task Run(string[] args)
    {
        var directory = args is [var kept, ..] ? Path.GetFullPath(kept) : Path.Combine(Path.GetTempPath(), $"replays-bench-{Guid.NewGuid():N}");
        var patients = args is [_, var told] ? int.Parse(told) : 100_000;
        await using var services = new ServiceCollection().AddSerializer(serializer => serializer.AddAssembly(typeof(LedgerPage).Assembly)).BuildServiceProvider();
        var database = new AuditedDatabase(directory, patients, services.GetRequiredService<Serializer>());
        var planted = await database.Open();
        try
        {
            await Audit("first audit", database, directory, planted);
            await Audit("next audit", database, directory, planted);
        }
        finally
        {
            await database.Close();
            if (args is [])
                Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task Audit(string which, AuditedDatabase database, string directory, string[] planted)
    {
        await using var silo = new ProgramProcess("Silo", directory, new Dictionary<string, string?>
        {
            ["ConnectionStrings__Replays"] = database.ConnectionString,
            ["Replays__Media__Directory"] = database.Media,
        });
        var started = Stopwatch.GetTimestamp();
        silo.Launch("audit", "--json");
        var (peak, exit) = await Watch(silo);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        var result = exit is 0 or 1 ? JsonNode.Parse(silo.Output)! : throw new InvalidOperationException(silo.Output);
        var found = result["findings"]!.AsArray().Select(finding => $"{finding!["kind"]} {finding["name"]}").Order(StringComparer.Ordinal).ToList();
        var replays = (long)result["checked"]!["replays"]!;
        Console.WriteLine($"""
            {which}: {replays} replays, {result["checked"]!["trailEntries"]} audit entries, {result["checked"]!["mediaObjects"]} media objects in {seconds:0.0} s from start to exit
              {replays / seconds:0} replays a second (target at least {ReplaysASecond:0})
              {peak / 1e6:0} MB at most (target under {MegaBytes:0})
              {planted.Length} planted faults: {planted.Except(found).Count()} not found, {found.Except(planted).Count()} false ones (targets 0 and 0)
            """);
        foreach (var missed in planted.Except(found))
            Console.WriteLine($"  not found: {missed}");
        foreach (var wrong in found.Except(planted).Take(10))
            Console.WriteLine($"  false: {wrong}");
    }

    private static async Task<(long Peak, int ExitCode)> Watch(ProgramProcess silo)
    {
        var (peak, exit) = (0L, silo.Exit(TimeSpan.FromMinutes(30)));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!exit.IsCompleted)
        {
            try
            {
                peak = Math.Max(peak, Memory.Peak(silo));
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // It has just ended.
            }
            await timer.WaitForNextTickAsync();
        }
        return (peak, await exit);
    }
}
