using Microsoft.Extensions.Options;
using Replays.Data.Exposure;
using Replays.Data.GrainStorage;
using Replays.Data.Keys;
using Replays.Data.Outbox;
using Replays.Data.Sql;
using Replays.Data.StopList;
using Replays.Grains.Exposure;
using Replays.Media.Stores;
using Replays.Silo.Observability;
using Replays.Silo.OwnershipAudit;
using Replays.Silo.Workers;

namespace Replays.Silo.Hosting;

/// <summary>Sets up and runs the Silo and Api programs.</summary>
public static class ReplaysHosting
{
    /// <summary>Adds a silo: a member of the PostgreSQL cluster of <c>ConnectionStrings:Replays</c>, or embedded without it.</summary>
    /// <remarks>Startup fails with a <see cref="StartupException"/> if an operator must intervene.</remarks>
    public static IHostApplicationBuilder AddReplaysSilo(this IHostApplicationBuilder builder)
    {
        var embedded = builder.Configuration.IsEmbedded();
        builder.AddReplaysDatabase().AddReplaysKeys().StartConcurrently();
        builder.Logging.AddFilter("Polly", LogLevel.Warning); // logs every call that Orleans makes through it
        builder.Services.AddHostedService<ClockRollbackMonitor>();
        builder.UseOrleans(silo =>
        {
            _ = embedded ? silo.UseEmbeddedClustering() : silo.UseReplaysClustering();
            silo.AddReplaysStorage().AddReplaysReminders().AddReplaysDashboard();
            silo.Services.AddReplaysGrains().AddMediaStore(builder.Configuration).AddMediaHealth().AddStopList(embedded)
                .AddSingleton<IExposureLog, ExposureLog>().AddSingleton<ExposureErasure>().AddSingleton<AccessOutbox>()
                .AddSingleton<AuditOutbox>()
                .AddSingleton<MediaReferences>().AddHostedService<IncidentProcessor>().AddHostedService<ErasureWorker>()
                .AddHostedService<AccessAuditPublisher>().AddHostedService<OrphanedMediaCleaner>().AddOwnershipAudit().AddAuditSchedule();
        });
        if (embedded)
            builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, EmbeddedStartup>();
        else
            builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, PostgresStartup>();
        builder.Services.AddHealthChecks()
            .AddCheck<SiloHealthCheck>("silo", tags: [HealthHosting.ReadyTag], timeout: HealthHosting.Timeout);
        return builder;
    }

    /// <summary>Adds a client of the cluster, for a process without a silo. While no silo is active, calls fail immediately.</summary>
    public static IHostApplicationBuilder AddReplaysClient(this IHostApplicationBuilder builder)
    {
        builder.AddReplaysDatabase().AddReplaysKeys().StartConcurrently();
        builder.UseOrleansClient(client => client.UseReplaysClustering().AddReplaysDashboard());
        builder.Services.AddStopList(embedded: false).AddAuditLog().AddSingleton<IExposureLog, ExposureLog>();
        builder.Services.AddHealthChecks()
            .AddCheck<ClusterHealthCheck>("cluster", tags: [HealthHosting.ReadyTag], timeout: HealthHosting.Timeout);
        return builder;
    }

    /// <summary>Sets the URL to use when neither <c>--urls</c> nor the environment sets one.</summary>
    public static void ListenByDefaultOn(this WebApplicationBuilder builder, string url)
    {
        if (new[] { "urls", "http_ports", "https_ports" }.All(key => builder.Configuration[key] is null))
            builder.WebHost.UseUrls(url);
    }

    /// <summary>Validates all options before anything starts, so that errors are reported without a stack trace.</summary>
    /// <exception cref="StartupException">Options are missing, unreadable or out of range; the message names them.</exception>
    public static void RequireValidOptions(this IHost program)
    {
        try
        {
            program.Services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            throw new StartupException(exception.Message, exception);
        }
        catch (AggregateException exception)
        {
            throw new StartupException(string.Join(Environment.NewLine, exception.InnerExceptions.Select(one => one.Message)), exception);
        }
    }

    /// <summary>
    /// Builds and runs a program. Returns 0 after a requested shutdown, even during startup; 1 after a
    /// <see cref="StartupException"/>, whose message is written to standard error.
    /// </summary>
    public static async Task<int> RunProgram(Func<WebApplication> build)
    {
        try
        {
            var program = build();
            program.RequireValidOptions();
            await program.RunAsync();
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (StartupException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    /// <summary>Makes health endpoints available before the silo has started or the client has connected.</summary>
    private static void StartConcurrently(this IHostApplicationBuilder builder) =>
        builder.Services.Configure<HostOptions>(options => options.ServicesStartConcurrently = true);
}
