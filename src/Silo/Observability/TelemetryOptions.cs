using System.ComponentModel.DataAnnotations;

namespace Replays.Silo.Observability;

/// <summary>Section <c>Replays:Telemetry</c>. Where traces, metrics and logs go is OpenTelemetry's own <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Replays:Telemetry";

    /// <summary>
    /// A port on which <c>/metrics</c> is served to Prometheus, without a token: for a network that only operators reach. Default none: there is no
    /// <c>/metrics</c>.
    /// </summary>
    [Range(1, 65535)]
    public int? MetricsPort { get; set; }
}
