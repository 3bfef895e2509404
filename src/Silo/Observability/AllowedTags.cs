using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Replays.Silo.Observability;

/// <summary>Tags kept on telemetry of other libraries. All others may contain patient ids, as grain keys and paths do.</summary>
internal static class AllowedTags
{
    private static readonly string[] MetricTags =
    [
        "http.route", "http.request.method", "http.response.status_code", "error.type", "network.protocol.version",
        "type", "grain_type", "status", "direction", "db.operation.name", "state", "db.client.connection.state",
        "gc.heap.generation", "dotnet.gc.heap.generation", "cpu.mode",
    ];

    private static readonly FrozenSet<string> SpanTags = FrozenSet.Create(
        "http.route", "http.request.method", "http.response.status_code", "error.type", "network.protocol.version",
        "rpc.system.name", "rpc.service", "rpc.method", "orleans.rpc.service", "orleans.grain.type", "orleans.storage.provider",
        "orleans.storage.state.name", "orleans.storage.state.type", "orleans.silo.id", "orleans.activation.cause", "exception.type",
        "db.system.name", "db.namespace", "db.operation.name", "db.response.status_code", "db.npgsql.prepared", "db.npgsql.rows");

    public static bool IsAllowed(string spanTag) => SpanTags.Contains(spanTag);

    public static MetricStreamConfiguration? Select(Instrument instrument) =>
        instrument.Meter.Name == Telemetry.Name ? null : new MetricStreamConfiguration { TagKeys = MetricTags };
}
