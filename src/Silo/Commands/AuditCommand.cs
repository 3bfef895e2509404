using System.Data.Common;
using System.Text.Json;
using Orleans.Serialization;
using Replays.Data.Incidents;
using Replays.Data.OwnershipAudit;
using Replays.Data.Sql;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Media.Stores;
using Replays.Silo.OwnershipAudit;

namespace Replays.Silo.Commands;

/// <summary><c>audit [--json]</c>: runs an ownership audit. Exits with 0 if it is clean, 1 if it has findings, 2 if it failed.</summary>
internal static class AuditCommand
{
    private const int Clean = 0, HasFindings = 1, Failed = 2;

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
            var embeddedDatabase = Path.Combine(builder.Configuration["Replays:DataDirectory"] ?? "data", "replays.db");
            if (builder.Configuration.IsEmbedded() && !File.Exists(embeddedDatabase))
                return Fail("No database found. Set ConnectionStrings__Replays, or Replays__DataDirectory for an embedded database.");
            await using var app = Build(builder);
            if (await Schema.FindMissing(app.Services.GetRequiredService<DbDataSource>(), stop.Token) is [var script, ..])
            {
                var remedy = builder.Configuration.IsEmbedded() ? "Start the Api once" : "Run 'migrate'";
                return Fail($"The database lacks migration {script}. {remedy}.");
            }

            using var bar = Console.IsErrorRedirected ? null : new ProgressBar();
            var result = await app.Services.GetRequiredService<OwnershipAuditor>()
                .Run(Math.Clamp(Environment.ProcessorCount, 1, 4), bar, stop.Token);
            bar?.Dispose();
            Print(result, arguments.Count > 0);
            return result.IsClean ? Clean : HasFindings;
        }
        catch (OperationCanceledException)
        {
            return Fail("The audit was cancelled.");
        }
        catch (Exception exception)
        {
            return Fail($"The audit failed: {exception.Message}");
        }
    }

    /// <summary>Builds the services of a silo without starting one.</summary>
    private static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.AddReplaysDatabase();
        builder.Services.AddReplaysGrains().AddMediaStore(builder.Configuration).AddOwnershipAudit()
            .AddSingleton<IIncidentLog, IncidentLog>()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(LedgerPage).Assembly));
        return builder.Build();
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
        var (findings, counts) = (result.Kinds.Values.Sum(), result.Counts);
        if (findings > result.Findings.Length)
            Console.WriteLine($"… and {findings - result.Findings.Length} more.");
        Console.WriteLine(
            $"Ownership audit {result.Number}: {counts.Replays} replays of {counts.Patients} patients, "
            + $"{counts.MediaObjects} media objects, {counts.TrailEntries} audit entries "
            + $"in {(result.EndedAt - result.StartedAt).TotalSeconds:0.0} s: "
            + (result.IsClean ? "clean." : $"{findings} findings."));
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return Failed;
    }

    private sealed class ProgressBar : IProgress<AuditProgress>, IDisposable
    {
        private const int Width = 40;

        private readonly long _started = TimeProvider.System.GetTimestamp();
        private bool _shown;

        public void Report(AuditProgress progress)
        {
            var fraction = progress.Of == 0 ? 1 : Math.Min(1, (double)progress.Pages / progress.Of);
            var filled = (int)(fraction * Width);
            var rate = progress.Replays / Math.Max(0.1, TimeProvider.System.GetElapsedTime(_started).TotalSeconds);
            Console.Error.Write(
                $"\r[{new string('#', filled)}{new string('.', Width - filled)}] {fraction,4:0%} {progress.Replays} replays, {rate:0}/s ");
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
