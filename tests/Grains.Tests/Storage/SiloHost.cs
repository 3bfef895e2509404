using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Replays.Silo.Hosting;
using Xunit;

namespace Replays.Grains.Tests.Storage;

/// <summary>The production silo in this process: embedded on SQLite, or on PostgreSQL.</summary>
internal sealed class SiloHost : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-silo-").FullName;
    private readonly IHost _host;

    private SiloHost(string? connectionString, Action<HostApplicationBuilder>? change)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Staging" });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Replays"] = connectionString,
            ["Replays:DataDirectory"] = _directory,
            ["Replays:Silo:AdvertisedAddress"] = "127.0.0.1",
            ["Replays:Silo:SiloPort"] = $"{LoopbackPort.Next()}",
            ["Replays:Silo:GatewayPort"] = $"{LoopbackPort.Next()}",
        });
        change?.Invoke(builder);
        builder.AddReplaysSilo();
        _host = builder.Build();
    }

    public IServiceProvider Services => _host.Services;

    public string DatabaseFile => Path.Combine(_directory, "replays.db");

    /// <param name="connectionString">Of a PostgreSQL database; null for embedded SQLite.</param>
    /// <param name="change">Overrides of the default configuration.</param>
    public static async Task<SiloHost> Start(string? connectionString, Action<HostApplicationBuilder>? change = null)
    {
        var silo = new SiloHost(connectionString, change);
        await silo._host.StartAsync(TestContext.Current.CancellationToken);
        return silo;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
