using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Replays.Grains;

namespace Replays.Silo.Observability;

/// <summary>
/// Traces across Api, grains and SQL, metrics and logs, over OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says so, and metrics for Prometheus. Nothing
/// personal leaves by any of them, nor by the console: what isn't known to be harmless is taken out on the way.
/// </summary>
public static class TelemetryHosting
{
    /// <param name="builder">The program.</param>
    /// <param name="service">Its name among the traces: <c>replays-api</c>, <c>replays-silo</c>.</param>
    public static void AddReplaysTelemetry(this WebApplicationBuilder builder, string service)
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(services => new LoggerFactory(
            services.GetServices<ILoggerProvider>().Select(provider => new RedactingLoggerProvider(provider)),
            services.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>())));

        var sends = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var port = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>()?.MetricsPort;
        if (port is not null)
            builder.WebHost.UseUrls([.. Urls(builder.Configuration), $"http://*:{port}"]);
        if (!sends && port is null)
            return;

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(service));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Telemetry.Name, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
                "System.Runtime", "Npgsql");
            metrics.AddView(AllowedTags.Select);
            if (port is not null)
                metrics.AddPrometheusExporter();
            if (sends)
                metrics.AddOtlpExporter();
        });
        if (!sends)
            return;
        telemetry.WithTracing(traces => traces
            .AddSource(Telemetry.Name, "Microsoft.Orleans.*", "Npgsql")
            .AddAspNetCoreInstrumentation(requests => requests.Filter = http => !http.Request.Path.StartsWithSegments("/health"))
            .SetSampler(new ParentBasedSampler(new PollingSampler()))
            .AddProcessor(new RedactingProcessor())
            .AddOtlpExporter());
        builder.Logging.AddOpenTelemetry(logs => logs.IncludeFormattedMessage = true);
        telemetry.WithLogging(logs => logs.AddOtlpExporter());
    }

    /// <summary>Serves <c>/metrics</c> on the port that was set for it, and on no other.</summary>
    public static void UseReplaysMetrics(this WebApplication app)
    {
        // The connection's own port: what a request says of its host is the client's to choose.
        if (app.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value.MetricsPort is { } port)
            app.UseOpenTelemetryPrometheusScrapingEndpoint(http => http.Connection.LocalPort == port && http.Request.Path == "/metrics");
    }

    /// <summary>Where it listens already: ports are a second way to say so, which giving URLs would override.</summary>
    private static IEnumerable<string> Urls(IConfiguration configuration) => configuration["urls"] is { Length: > 0 } urls
        ? urls.Split(';', StringSplitOptions.RemoveEmptyEntries)
        : new[] { "http", "https" }.SelectMany(scheme => (configuration[$"{scheme}_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(port => $"{scheme}://*:{port}"));
}
