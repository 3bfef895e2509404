using Microsoft.Extensions.Options;
using Replays.Data.Exposure;
using Replays.Data.GrainStorage;
using Replays.Data.Keys;
using Replays.Data.Outbox;
using Replays.Data.Sql;
using Replays.Data.StopList;
using Replays.Grains;
using Replays.Grains.Exposure;
using Replays.Media.Stores;
using Replays.Silo.Observability;
using Replays.Silo.OwnershipAudit;
using Replays.Silo.Workers;

namespace Replays.Silo.Hosting;

/// <summary>What the Silo and Api programs call.</summary>
public static class ReplaysHosting
{
    /// <summary>
    /// A silo with everything it needs. Without <c>ConnectionStrings:Replays</c> it is embedded: alone, on SQLite in the data directory; otherwise
    /// a member of the cluster on that PostgreSQL.
    /// </summary>
    /// <remarks>Start fails with a <see cref="StartupException"/> when something that an operator must mend is missing.</remarks>
    public static IHostApplicationBuilder AddReplaysSilo(this IHostApplicationBuilder builder)
    {
        var embedded = builder.Configuration.IsEmbedded();
        builder.AddReplaysDatabase().AddReplaysKeys().StartConcurrently();
        builder.Logging.AddFilter("Polly", LogLevel.Warning); // it tells of each call that Orleans makes through it
        builder.Services.AddHostedService<ClockRollbackMonitor>();
        builder.UseOrleans(silo =>
        {
            _ = embedded ? silo.UseEmbeddedClustering() : silo.UseReplaysClustering();
            silo.AddReplaysStorage().AddReplaysReminders().AddReplaysDashboard();
            silo.Services.AddReplaysGrains().AddMediaStore(builder.Configuration).AddMediaHealth().AddStopList(embedded)
                .AddSingleton<IExposureLog, ExposureLog>().AddSingleton<AuditOutbox>().AddHostedService<IncidentProcessor>().AddHostedService<ErasureWorker>().AddHostedService<AccessAuditPublisher>()
                .AddSingleton<MediaReferences>().AddHostedService<OrphanedMediaCleaner>().AddOwnershipAudit().AddAuditSchedule();
        });
        if (embedded)
            builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, EmbeddedStartup>();
        else
            builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, PostgresStartup>();
        builder.Services.AddHealthChecks().AddCheck<SiloHealthCheck>("silo", tags: [HealthHosting.ReadyTag], timeout: HealthHosting.Timeout);
        return builder;
    }

    /// <summary>
    /// A client of the cluster on the PostgreSQL of <c>ConnectionStrings:Replays</c>, for a process without a silo of its own. While no silo is
    /// there it goes on trying, and calls fail at once.
    /// </summary>
    public static IHostApplicationBuilder AddReplaysClient(this IHostApplicationBuilder builder)
    {
        builder.AddReplaysDatabase().AddReplaysKeys().StartConcurrently();
        builder.UseOrleansClient(client => client.UseReplaysClustering().AddReplaysDashboard());
        builder.Services.AddStopList(embedded: false).AddAuditLog().AddSingleton<IExposureLog, ExposureLog>();
        builder.Services.AddHealthChecks().AddCheck<ClusterHealthCheck>("cluster", tags: [HealthHosting.ReadyTag], timeout: HealthHosting.Timeout);
        return builder;
    }

    /// <summary>Where the program listens when neither <c>--urls</c> nor the environment says.</summary>
    public static void ListenByDefaultOn(this WebApplicationBuilder builder, string url)
    {
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null && builder.Configuration["https_ports"] is null)
            builder.WebHost.UseUrls(url);
    }

    /// <summary>Looks at all options before anything is started, so that what is wrong with them is said alone, without a stack trace.</summary>
    /// <exception cref="StartupException">Options are missing, unreadable or out of their limits: the message names them.</exception>
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
    /// Builds and runs a program. Returns its exit code: 0 when it was asked to stop, even while still starting; 1 when something that an
    /// operator must mend keeps it from starting, which it then says on standard error, without a stack trace.
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

    /// <summary>So that health is answered from the first moment, not only once the silo is up or the client connected.</summary>
    private static void StartConcurrently(this IHostApplicationBuilder builder) =>
        builder.Services.Configure<HostOptions>(options => options.ServicesStartConcurrently = true);
}
