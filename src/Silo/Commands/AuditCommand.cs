using System.Data.Common;
using System.Text.Json;
using Npgsql;
using Orleans.Serialization;
using Replays.Data.Incidents;
using Replays.Data.OwnershipAudit;
using Replays.Data.Sql;
using Replays.Grains;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Media.Stores;
using Replays.Silo.OwnershipAudit;

namespace Replays.Silo.Commands;

/// <summary>
/// <c>audit [--json]</c>: reads the database and the media store, and exits 0 when everything is where its name says, 1 when something is not,
/// each thing by its full name, and 2 when it could not find out.
/// </summary>
internal static class AuditCommand
{
    private const int Clean = 0, Found = 1, CouldNotRun = 2;

    public static async Task<int> Run(WebApplicationBuilder builder, IReadOnlyList<string> arguments)
    {
        if (arguments.Any(argument => argument != "--json"))
            return Fail("Usage: audit [--json]");
        BatchScheduling.Request();
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            if (builder.Configuration.IsEmbedded() && !File.Exists(Path.Combine(builder.Configuration["Replays:DataDirectory"] ?? "data", "replays.db")))
                return Fail("There is no database: set ConnectionStrings__Replays to the cluster's, or Replays__DataDirectory to where the embedded one lies.");
            await using var app = Build(builder);
            if (await FindMissing(app, stop.Token) is { } missing)
                return Fail(missing);

            using var bar = Console.IsErrorRedirected ? null : new ProgressBar();
            var result = await app.Services.GetRequiredService<OwnershipAuditor>().Run(Math.Clamp(Environment.ProcessorCount, 1, 4), bar, stop.Token);
            bar?.Dispose();
            Print(result, arguments.Count > 0);
            return result.IsClean ? Clean : Found;
        }
        catch (OperationCanceledException)
        {
            return Fail("Given up.");
        }
        catch (Exception exception)
        {
            return Fail($"The audit could not be made: {exception.Message}");
        }
    }

    /// <summary>The services of a silo without the silo.</summary>
    private static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.AddReplaysDatabase();
        builder.Services.AddReplaysGrains().AddMediaStore(builder.Configuration).AddOwnershipAudit()
            .AddSingleton<IIncidentLog, IncidentLog>()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(LedgerPage).Assembly));
        return builder.Build();
    }

    private static async Task<string?> FindMissing(WebApplication app, CancellationToken cancellation)
    {
        if (app.Services.GetService<NpgsqlDataSource>() is { } postgres)
            return await Schema.FindMissing(postgres, cancellation) is [var script, ..] ? $"The database lacks {script}: run 'migrate'." : null;
        await using var connection = await app.Services.GetRequiredService<DbDataSource>().OpenConnectionAsync(cancellation);
        var tables = await connection.Statement("SELECT 1 FROM sqlite_master WHERE name = 'replays_ownership_audit_run'").Rows(row => true, cancellation);
        return tables is [] ? "The embedded database is an older version's: start the Api of this one once." : null;
    }

    private static void Print(AuditResult result, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(result, AuditLog.Json));
            return;
        }
        foreach (var finding in result.Findings)
            Console.WriteLine($"{finding.Kind,-22} {finding.Name}{(finding.Detail is null ? "" : $": {finding.Detail}")}");
        var (count, seen) = (result.Kinds.Values.Sum(), result.Counts);
        if (count > result.Findings.Length)
            Console.WriteLine($"… and {count - result.Findings.Length} more.");
        Console.WriteLine(
            $"Audit {result.Number}: {seen.Replays} replays of {seen.Patients} patients, {seen.MediaObjects} media objects, {seen.TrailEntries} audit entries "
            + $"in {(result.EndedAt - result.StartedAt).TotalSeconds:0.0} s: {(result.IsClean ? "clean" : $"{count} findings")}.");
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return CouldNotRun;
    }

    /// <summary>One line on a terminal, rewritten in place.</summary>
    private sealed class ProgressBar : IProgress<AuditProgress>, IDisposable
    {
        private const int Width = 40;

        private readonly long _began = TimeProvider.System.GetTimestamp();
        private bool _shown;

        public void Report(AuditProgress progress)
        {
            var part = progress.Of == 0 ? 1 : Math.Min(1, (double)progress.Pages / progress.Of);
            var full = (int)(part * Width);
            var rate = progress.Replays / Math.Max(0.1, TimeProvider.System.GetElapsedTime(_began).TotalSeconds);
            Console.Error.Write($"\r[{new string('#', full)}{new string('.', Width - full)}] {part,4:0%} {progress.Replays} replays, {rate:0}/s ");
            _shown = true;
        }

        public void Dispose()
        {
            if (_shown)
                Console.Error.Write($"\r{new string(' ', Width + 60)}\r");
            _shown = false;
        }
    }
}
