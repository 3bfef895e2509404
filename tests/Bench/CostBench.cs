using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using Replays.Api.Tests.Http;
using Replays.Grains.Tests.Storage;

namespace Replays.Bench;

/// <summary>
/// The cost of each step of a consultation for a real Silo, a real Api and PostgreSQL, on which docs/capacity.md is based: CPU seconds,
/// which a busy machine changes little, transactions, and bytes of write-ahead log. The idle cost (polling) is measured separately and
/// subtracted.
/// </summary>
internal static class CostBench
{
    private const int WarmupConsultations = 400, Consultations = 200, Concurrency = 4;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);

    public static async Task Run(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("replays-bench-").FullName;
        // PostgreSQL runs as another user, who cannot access the bench's directory.
        var cluster = Path.Combine(Path.GetTempPath(), $"replays-bench-postgres-{Guid.NewGuid():n}");
        var postgres = new PostgresCluster(cluster);
        await postgres.Start();
        var settings = new Dictionary<string, string?>(TestTokens.Settings)
        {
            ["ConnectionStrings__Replays"] = postgres.ConnectionString("postgres"),
            ["Replays__Media__Directory"] = Path.Combine(directory, "media"),
            ["Replays__Silo__AdvertisedAddress"] = "127.0.0.1",
            ["Replays__Silo__SiloPort"] = $"{LoopbackPort.Next()}",
            ["Replays__Silo__GatewayPort"] = $"{LoopbackPort.Next()}",
        };
        await using var silo = new ProgramProcess("Silo", directory, settings);
        silo.Launch("migrate");
        await silo.Exit();
        await using var api = new ProgramProcess("Api", directory, settings);
        await Task.WhenAll(silo.Start(), api.Start());
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString("postgres"));
        var server = int.Parse(File.ReadLines(Path.Combine(cluster, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        using var http = new HttpClient { BaseAddress = api.Address };
        var calls = new ApiCalls(http);

        // Warm-up: code is compiled, connections are open, statements are prepared.
        await ForEach(Enumerable.Range(0, WarmupConsultations).Select(_ => (Func<Task>)(() => calls.Give(ApiCalls.NewPatient()))));
        var measured = new List<(string Step, double Seconds, Usage Usage)>();
        var patients = Enumerable.Range(0, Consultations)
            .Select(_ => (Id: ApiCalls.NewPatient(), Opened: new TaskCompletionSource<JsonNode>())).ToList();
        var bytes = await Scalar("SELECT pg_database_size(current_database())");
        await Measure("book", p => calls.Book(p.Id));
        await Measure("start", p => calls.Post($"{ApiCalls.PathOf(p.Id, 1)}/start", TestTokens.Scheduler, new { mode = "video" }));
        var consent = new { mode = "video", granted = true };
        await Measure("consent", p => calls.Post("/v1/me/consultations/1/consent", TestTokens.Patient(p.Id), consent));
        await Measure("open a recording", async p => p.Opened.SetResult(await calls.Open(p.Id, 1)));
        await Measure($"upload {ApiCalls.Video.Length / 1024} KB", async p => await calls.Upload(await p.Opened.Task, ApiCalls.Video));
        await Measure("seal and deliver", async p => (await calls.Seal(p.Id, 1, 1, ApiCalls.Video)).EnsureSuccessStatusCode().Dispose());
        await Measure("end", p => calls.Post($"{ApiCalls.PathOf(p.Id, 1)}/end", TestTokens.Scheduler));
        await Measure("list, first", p => calls.Get("/v1/me/replays", TestTokens.Patient(p.Id)));
        await Measure("list again", p => calls.Get("/v1/me/replays", TestTokens.Patient(p.Id)));
        await Measure("play", async p =>
        {
            using var media = await calls.Media(p.Id, "1-1");
            await media.Content.CopyToAsync(Stream.Null);
            if (media.StatusCode is not HttpStatusCode.OK)
                throw new InvalidOperationException($"{media.StatusCode}");
        });

        // The idle cost comes last, when the JIT compiler is idle too.
        await Task.Delay(IdleTime);
        var before = await ReadUsage();
        await Task.Delay(IdleTime);
        var idle = (await ReadUsage() - before).Per(IdleTime.TotalSeconds);
        Console.WriteLine($"Idle, per second: silo {idle.Silo * 1000:0} ms, Api {idle.Api * 1000:0} ms, "
            + $"PostgreSQL {idle.Postgres * 1000:0} ms of CPU; {idle.Transactions:0} transactions.");
        Console.WriteLine($"Per operation, {Consultations} measured, {Concurrency} concurrent: "
            + "ms of CPU in silo | Api | PostgreSQL; transactions; KB of write-ahead log");
        foreach (var (step, seconds, usage) in measured)
        {
            var cost = (usage - idle.Per(1 / seconds)).Per(Consultations);
            Console.WriteLine($"{step,-22} {cost.Silo * 1000,5:0.0} | {cost.Api * 1000,5:0.0} | {cost.Postgres * 1000,5:0.0}; "
                + $"{cost.Transactions,4:0.0}; {cost.Written / 1024,5:0.0}");
        }
        await Execute("CHECKPOINT");
        var grown = (await Scalar("SELECT pg_database_size(current_database())") - bytes) / Consultations;
        Console.WriteLine($"Database: {grown / 1024.0:0.0} KB per consultation with one replay, of a new patient. Reminders: "
            + $"{await Scalar("SELECT count(*) FROM replays_reminder")} for {Consultations + WarmupConsultations} unsettled consultations. "
            + $"Connections: {await Scalar("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")}. "
            + $"Memory: silo {ProcessMemory.Current(silo) >> 20} MB, Api {ProcessMemory.Current(api) >> 20} MB.");
        api.Kill();
        silo.Kill();
        await postgres.StopImmediately();
        Directory.Delete(directory, recursive: true);
        Directory.Delete(cluster, recursive: true);

        async Task Measure(string step, Func<(string Id, TaskCompletionSource<JsonNode> Opened), Task> operation)
        {
            var before = await ReadUsage();
            var started = Stopwatch.GetTimestamp();
            await ForEach(patients.Select(p => (Func<Task>)(() => operation(p))));
            measured.Add((step, Stopwatch.GetElapsedTime(started).TotalSeconds, await ReadUsage() - before));
        }

        async Task<Usage> ReadUsage()
        {
            await Execute("SELECT pg_stat_force_next_flush()");
            return new(
                CpuSeconds(silo.Id), CpuSeconds(api.Id), CpuSeconds(server) + Children(server).Sum(CpuSeconds),
                await Scalar("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"),
                await Scalar("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"));
        }

        async Task<double> Scalar(string sql)
        {
            await using var command = database.CreateCommand(sql);
            return Convert.ToDouble(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
        }

        async Task Execute(string sql)
        {
            await using var command = database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static Task ForEach(IEnumerable<Func<Task>> operations) => Parallel.ForEachAsync(
        operations, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (operation, _) => await operation());

    /// <summary>CPU seconds of a process and its terminated children, from proc(5).</summary>
    private static double CpuSeconds(int process)
    {
        var fields = Status(process).Split(' ');
        return fields.Length < 15 ? 0 : fields[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / 100.0;
    }

    private static IEnumerable<int> Children(int parent) => Directory.GetDirectories("/proc")
        .Select(directory => int.TryParse(Path.GetFileName(directory), out var process) ? process : 0)
        .Where(process => process != 0 && Status(process).Split(' ') is [_, var id, ..] && id == $"{parent}");

    /// <summary>The fields after the program's name in <c>/proc/PID/stat</c>; empty if the process has ended.</summary>
    private static string Status(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[(status.LastIndexOf(')') + 2)..];
        }
        catch (IOException)
        {
            return "";
        }
    }

    private readonly record struct Usage(double Silo, double Api, double Postgres, double Transactions, double Written)
    {
        public static Usage operator -(Usage left, Usage right) => new(
            left.Silo - right.Silo, left.Api - right.Api, left.Postgres - right.Postgres,
            left.Transactions - right.Transactions, left.Written - right.Written);

        public Usage Per(double count) => new(Silo / count, Api / count, Postgres / count, Transactions / count, Written / count);
    }
}
