using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Replays.Silo.Hosting;

namespace Replays.Bench;

/// <summary>A silo in this process, outside production because it has no certificate for its key ring.</summary>
internal static class BenchSilo
{
    public static async Task<IHost> Start(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Staging });
        builder.Logging.ClearProviders();
        foreach (var (name, value) in settings)
            builder.Configuration[name] = value;
        builder.AddReplaysSilo();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
