using System.ComponentModel.DataAnnotations;

namespace Replays.Silo.Observability;

/// <summary>Section <c>Replays:Telemetry</c>. OpenTelemetry's <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> sets the OTLP destination.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Replays:Telemetry";

    /// <summary>
    /// The port of the Prometheus endpoint <c>/metrics</c>. It is unauthenticated, so only operators may reach the port. Default: none,
    /// which disables the endpoint.
    /// </summary>
    [Range(1, 65535)]
    public int? MetricsPort { get; set; }
}
