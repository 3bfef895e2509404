using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using Replays.Api.Tests.Http;
using Replays.Grains.Tests.Storage;

namespace Replays.Bench;

/// <summary>
/// What each step of a consultation costs a real Silo, a real Api and PostgreSQL: what docs/capacity.md computes with. Processor seconds, which a busy machine
/// does not change much, transactions, and bytes of write-ahead log; what nobody asked for, the polling, is measured by itself and taken off.
/// </summary>
internal static class CostBench
{
    private const int Warming = 400, Consultations = 200, AtOnce = 4;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);

    public static async Task Run(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("replays-bench-").FullName;
        var cluster = Path.Combine(Path.GetTempPath(), $"replays-bench-postgres-{Guid.NewGuid():n}"); // its user's, who can't enter the other
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

        // Compiled, connected and prepared.
        await Each(Enumerable.Range(0, Warming).Select(_ => (Func<Task>)(() => calls.Give(ApiCalls.NewPatient()))));
        var measured = new List<(string What, double Seconds, Used Used)>();
        var patients = Enumerable.Range(0, Consultations).Select(_ => (Id: ApiCalls.NewPatient(), Opened: new TaskCompletionSource<JsonNode>())).ToList();
        var bytes = await Scalar("SELECT pg_database_size(current_database())");
        await Measure("book", p => calls.Book(p.Id));
        await Measure("start", p => calls.Post($"{ApiCalls.PathOf(p.Id, 1)}/start", TestTokens.Scheduler, new { mode = "video" }));
        await Measure("consent", p => calls.Post("/v1/me/consultations/1/consent", TestTokens.Patient(p.Id), new { mode = "video", granted = true }));
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

        // Last, when nothing is compiled any more.
        await Task.Delay(Idle);
        var before = await Use();
        await Task.Delay(Idle);
        var idle = (await Use() - before).Per(Idle.TotalSeconds);
        Console.WriteLine($"Idle, a second: silo {idle.Silo * 1000:0} ms, Api {idle.Api * 1000:0} ms, PostgreSQL {idle.Postgres * 1000:0} ms of a core; {idle.Transactions:0} transactions.");
        Console.WriteLine($"One operation, {Consultations} measured, {AtOnce} at once: ms of a core in silo | Api | PostgreSQL; transactions; KB of write-ahead log");
        foreach (var (what, seconds, used) in measured)
        {
            var cost = (used - idle.Per(1 / seconds)).Per(Consultations);
            Console.WriteLine($"{what,-22} {cost.Silo * 1000,5:0.0} | {cost.Api * 1000,5:0.0} | {cost.Postgres * 1000,5:0.0}; {cost.Transactions,4:0.0}; {cost.Written / 1024,5:0.0}");
        }
        await Execute("CHECKPOINT");
        var grown = (await Scalar("SELECT pg_database_size(current_database())") - bytes) / Consultations;
        Console.WriteLine($"Database: {grown / 1024.0:0.0} KB a consultation with one replay, of a patient who had none before. Reminders: "
            + $"{await Scalar("SELECT count(*) FROM replays_reminder")} for {Consultations + Warming} consultations that are not settled yet. "
            + $"Connections: {await Scalar("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")}. "
            + $"Memory: silo {Memory.Now(silo) >> 20} MB, Api {Memory.Now(api) >> 20} MB.");
        api.Kill();
        silo.Kill();
        await postgres.StopAtOnce();
        Directory.Delete(directory, recursive: true);
        Directory.Delete(cluster, recursive: true);

        async Task Measure(string what, Func<(string Id, TaskCompletionSource<JsonNode> Opened), Task> operation)
        {
            var before = await Use();
            var began = Stopwatch.GetTimestamp();
            await Each(patients.Select(p => (Func<Task>)(() => operation(p))));
            measured.Add((what, Stopwatch.GetElapsedTime(began).TotalSeconds, await Use() - before));
        }

        async Task<Used> Use()
        {
            await Execute("SELECT pg_stat_force_next_flush()");
            return new(
                Processor(silo.Id), Processor(api.Id), Processor(server) + Children(server).Sum(Processor),
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

    private static Task Each(IEnumerable<Func<Task>> all) =>
        Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (one, _) => await one());

    /// <summary>Seconds of a core that a process and its children that have ended used, by proc(5).</summary>
    private static double Processor(int process)
    {
        var fields = Status(process).Split(' ');
        return fields.Length < 15 ? 0 : fields[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / 100.0;
    }

    private static IEnumerable<int> Children(int parent) => Directory.GetDirectories("/proc")
        .Select(directory => int.TryParse(Path.GetFileName(directory), out var process) ? process : 0)
        .Where(process => process != 0 && Status(process).Split(' ') is [_, var of, ..] && of == $"{parent}");

    /// <summary>What follows the program's name.</summary>
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

    private readonly record struct Used(double Silo, double Api, double Postgres, double Transactions, double Written)
    {
        public static Used operator -(Used one, Used other) => new(
            one.Silo - other.Silo, one.Api - other.Api, one.Postgres - other.Postgres, one.Transactions - other.Transactions, one.Written - other.Written);

        public Used Per(double count) => new(Silo / count, Api / count, Postgres / count, Transactions / count, Written / count);
    }
}
