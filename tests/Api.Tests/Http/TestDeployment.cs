using System.Data.Common;
using System.Text.Json.Nodes;
using Npgsql;
using Replays.Data.Sql;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>A separate deployment: one embedded Api, or a Silo and an Api on PostgreSQL; and the commands of the Silo program.</summary>
internal sealed class TestDeployment : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-deployment-").FullName;
    private readonly Dictionary<string, string?> _settings;
    private readonly string? _postgres;
    private readonly ProgramProcess? _silo;

    private TestDeployment(string? postgres)
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
        _postgres = postgres;
        _silo = postgres is null ? null : new("Silo", _directory, _settings);
        Api = new(_settings);
    }

    public ApiProcess Api { get; }

    public string Media => Path.Combine(_directory, "media");

    public string DatabaseFile => Path.Combine(_directory, "data", "replays.db");

    /// <summary>Starts no process and creates no database.</summary>
    public static TestDeployment CreateStopped(string? postgres) => new(postgres);

    public static async Task<TestDeployment> Start(PostgresServer? postgres)
    {
        var deployment = new TestDeployment(postgres is null ? null : await postgres.CreateDatabase());
        if (deployment._silo is { } silo)
        {
            silo.Launch("migrate");
            Assert.Equal(0, await silo.Exit());
        }
        await deployment.Restart();
        return deployment;
    }

    /// <summary>Opens the database directly, bypassing the programs.</summary>
    public DbDataSource OpenDatabase() => _postgres is null ? new SqliteDataSource(DatabaseFile) : NpgsqlDataSource.Create(_postgres);

    /// <summary>Sends kill -9 to all processes.</summary>
    public void Kill()
    {
        _silo?.Kill();
        Api.Program.Kill();
    }

    /// <param name="scheduleAudit">Whether the first scheduled audit runs after ten seconds.</param>
    public async Task Restart(bool scheduleAudit = false)
    {
        // A shorter delay would be unsafe: a reminder stored after its first tick is due fires only at the second.
        if (scheduleAudit)
            (_settings["Replays__Audit__Every"], _settings["Replays__Audit__FirstAfter"]) = ("02:00:00", "00:00:10");
        _silo?.Launch();
        Api.Program.Launch();
        if (_silo is not null)
            await _silo.Ready();
        await Api.Program.Ready();
    }

    /// <summary>Runs a command of the Silo program.</summary>
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

    /// <returns>One sorted line per finding, with its kind and its name.</returns>
    public static string Findings(JsonNode result) =>
        string.Join('\n', result["findings"]!.AsArray()
            .Select(finding => $"{finding!["kind"]} {finding["name"]}").Order(StringComparer.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        if (_silo is not null)
            await _silo.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
