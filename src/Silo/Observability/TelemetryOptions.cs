using System.ComponentModel.DataAnnotations;

namespace Replays.Silo.Observability;

/// <summary>Section <c>Replays:Telemetry</c>. OpenTelemetry's <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> sets the OTLP destination.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Replays:Telemetry";

    /// <summary>The port of Prometheus' unauthenticated <c>/metrics</c>, for operators only. Default: none, which disables it.</summary>
    [Range(1, 65535)]
    public int? MetricsPort { get; set; }
}
