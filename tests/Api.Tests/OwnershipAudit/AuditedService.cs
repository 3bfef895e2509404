using System.Data.Common;
using System.Text.Json.Nodes;
using Npgsql;
using Replays.Api.Tests.Http;
using Replays.Data.Sql;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>A service of its own, embedded or as Silo and Api on PostgreSQL, and the <c>audit</c> command beside it.</summary>
internal sealed class AuditedService : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-audit-tests-").FullName;
    private readonly Dictionary<string, string?> _settings;
    private readonly ProgramProcess? _silo;

    private AuditedService(string? postgres)
    {
        _settings = new(TestTokens.Settings)
        {
            ["Replays__DataDirectory"] = Path.Combine(_directory, "data"),
            ["Replays__Media__Directory"] = Media,
            ["Replays__Silo__SiloPort"] = $"{LoopbackPort.Next()}",
            ["Replays__Silo__GatewayPort"] = $"{LoopbackPort.Next()}",
            ["Replays__Silo__AdvertisedAddress"] = "127.0.0.1",
        };
        if (postgres is not null)
            _settings["ConnectionStrings__Replays"] = postgres;
        Postgres = postgres;
        _silo = postgres is null ? null : new("Silo", _directory, _settings);
        Api = new(_settings);
    }

    public ApiProcess Api { get; }

    public string? Postgres { get; }

    public string Media => Path.Combine(_directory, "media");

    public string DatabaseFile => Path.Combine(_directory, "data", "replays.db");

    /// <summary>Nothing is started; there is no database.</summary>
    public static AuditedService Without(string? postgres) => new(postgres);

    public static async Task<AuditedService> Start(PostgresServer? postgres)
    {
        var service = new AuditedService(postgres is null ? null : await postgres.CreateDatabase());
        if (service._silo is { } silo)
        {
            silo.Launch("migrate");
            Assert.Equal(0, await silo.Exit());
        }
        await service.StartAgain();
        return service;
    }

    /// <summary>The database, behind the service's back.</summary>
    public DbDataSource Open() => Postgres is { } postgres ? NpgsqlDataSource.Create(postgres) : new SqliteDataSource(DatabaseFile);

    /// <summary>kill -9 of all of it.</summary>
    public void Kill()
    {
        _silo?.Kill();
        Api.Program.Kill();
    }

    /// <param name="auditSoon">Whether it audits itself, for the first time in a few seconds.</param>
    public async Task StartAgain(bool auditSoon = false)
    {
        // Not at once: a reminder that is stored too late for its first tick comes with the second.
        if (auditSoon)
            (_settings["Replays__Audit__Every"], _settings["Replays__Audit__FirstAfter"]) = ("02:00:00", "00:00:10");
        _silo?.Launch();
        Api.Program.Launch();
        if (_silo is not null)
            await _silo.Ready();
        await Api.Program.Ready();
    }

    /// <summary>Runs the program itself.</summary>
    public async Task<(int ExitCode, string Output)> Run(params string[] arguments)
    {
        await using var program = new ProgramProcess("Silo", _directory, _settings);
        program.Launch(arguments);
        return (await program.Exit(), program.Output);
    }

    public async Task<(int ExitCode, JsonNode Result)> Audit()
    {
        var (exitCode, output) = await Run("audit", "--json");
        Assert.True(output.StartsWith('{'), output);
        return (exitCode, JsonNode.Parse(output)!);
    }

    /// <returns>A line a finding: its kind and its name, in order.</returns>
    public static string Findings(JsonNode result) =>
        string.Join('\n', result["findings"]!.AsArray().Select(finding => $"{finding!["kind"]} {finding["name"]}").Order(StringComparer.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        if (_silo is not null)
            await _silo.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
