using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Replays.Silo.Observability;

/// <summary>
/// Exports traces, metrics and logs over OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, and metrics to Prometheus. Removes everything
/// not known to be free of personal data, also from console logs.
/// </summary>
public static class TelemetryHosting
{
    /// <param name="service">The service name: <c>replays-api</c> or <c>replays-silo</c>.</param>
    public static void AddReplaysTelemetry(this WebApplicationBuilder builder, string service)
    {
        builder.Services.AddOptions<TelemetryOptions>()
            .BindConfiguration(TelemetryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(services => new LoggerFactory(
            services.GetServices<ILoggerProvider>().Select(provider => new RedactingLoggerProvider(provider)),
            services.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>())));

        var hasOtlp = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var port = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>()?.MetricsPort;
        if (port is not null)
            builder.WebHost.UseUrls([.. Urls(builder.Configuration), $"http://*:{port}"]);
        if (!hasOtlp && port is null)
            return;

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(service));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Telemetry.Name, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
                "System.Runtime", "Npgsql");
            metrics.AddView(AllowedTags.Select);
            if (port is not null)
                metrics.AddPrometheusExporter();
            if (hasOtlp)
                metrics.AddOtlpExporter();
        });
        if (!hasOtlp)
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

    /// <summary>Serves <c>/metrics</c> only on the configured port.</summary>
    public static void UseReplaysMetrics(this WebApplication app)
    {
        // Compares the connection's port: the client controls the Host header.
        if (app.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value.MetricsPort is { } port)
            app.UseOpenTelemetryPrometheusScrapingEndpoint(http => http.Connection.LocalPort == port && http.Request.Path == "/metrics");
    }

    /// <summary>The configured URLs, including those from <c>*_ports</c>, which setting URLs would override.</summary>
    private static IEnumerable<string> Urls(IConfiguration configuration) => configuration["urls"] is { Length: > 0 } urls
        ? urls.Split(';', StringSplitOptions.RemoveEmptyEntries)
        : new[] { "http", "https" }.SelectMany(scheme => (configuration[$"{scheme}_ports"] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(port => $"{scheme}://*:{port}"));
}
