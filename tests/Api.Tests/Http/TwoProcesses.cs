using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Api.Tests.Http;

[CollectionDefinition(nameof(TwoProcesses))]
public sealed class OnTwoProcesses : ICollectionFixture<TwoProcesses>;

/// <summary>Silo and Api as two processes on one PostgreSQL and one media directory, as they are deployed; started on first use.</summary>
public sealed class TwoProcesses(PostgresServer postgres) : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-two-").FullName;
    private ProgramProcess? _silo;
    private ApiProcess? _api;

    public ProgramProcess Silo => _silo!;

    /// <summary>The Api, when both are ready. Skips the test where there is no PostgreSQL.</summary>
    public async Task<ApiProcess> Api()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_api is null)
                await Start();
            return _api!;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>kill -9 of both, and up again.</summary>
    public async Task Restart()
    {
        _silo!.Kill();
        _api!.Program.Kill();
        _silo.Launch();
        _api.Program.Launch();
        await _silo.Ready();
        await _api.Program.Ready();
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();
        if (_silo is not null)
            await _silo.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task Start()
    {
        var settings = new Dictionary<string, string?>(TestTokens.Settings)
        {
            ["ConnectionStrings__Replays"] = await postgres.CreateDatabase(),
            ["Replays__Media__Directory"] = Path.Combine(_directory, "media"),
            ["Replays__Silo__SiloPort"] = $"{LoopbackPort.Next()}",
            ["Replays__Silo__GatewayPort"] = $"{LoopbackPort.Next()}",
            ["Replays__Silo__AdvertisedAddress"] = "127.0.0.1",
        };
        _silo = new("Silo", _directory, settings);
        _silo.Launch("migrate");
        Assert.Equal(0, await _silo.Exit());
        _silo.Launch();
        _api = new(settings);
        _api.Program.Launch();
        await _silo.Ready();
        await _api.Program.Ready();
    }
}
