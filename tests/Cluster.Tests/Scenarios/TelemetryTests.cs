using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Replays.Api.Recordings;
using Replays.Grains;
using Replays.Silo.Observability;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

public sealed partial class TelemetryTests(TelemetryFixture fixture) : IClassFixture<TelemetryFixture>
{
    [Fact]
    public void Traces_metrics_logs_and_console_output_are_not_empty_and_contain_no_personal_data()
    {
        (string Source, string Text)[] outputs =
        [
            ("traces", fixture.Sink.TextOf("/v1/traces")), ("metrics", fixture.Sink.TextOf("/v1/metrics")),
            ("logs", fixture.Sink.TextOf("/v1/logs")), ("/metrics", fixture.Metrics),
            .. fixture.ConsoleOutputs.Select(output => ("console", output)),
        ];
        foreach (var (source, text) in outputs)
        {
            Assert.NotEmpty(text);
            foreach (var personal in fixture.PersonalData)
            {
                var at = text.IndexOf(personal, StringComparison.OrdinalIgnoreCase);
                var excerpt = at < 0 ? "" : text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 200)];
                Assert.True(at < 0, $"{source} contains '{personal}': {excerpt}");
            }
        }
    }

    [Fact]
    public void One_trace_spans_the_request_the_grain_call_and_the_SQL_statement()
    {
        var requests = fixture.Sink.TracesWith("/v1/patients/{patient}/consultations");
        Assert.NotEmpty(requests);
        var grainCalls = requests.Intersect(fixture.Sink.TracesWith("IPatientGrain/Book"));
        Assert.Contains(grainCalls, fixture.Sink.TracesWith("db.system.name").Contains);
    }

    [Fact]
    public void Metrics_are_served_only_on_their_own_port()
    {
        Assert.Contains("http_server_request_duration_seconds", fixture.Metrics);
        Assert.Equal(HttpStatusCode.NotFound, fixture.PublicMetricsStatus);
    }

    [Fact]
    public void Every_metric_of_a_dashboard_or_an_alert_exists()
    {
        var instruments = Instruments();
        var deploy = Path.Combine(AppContext.BaseDirectory, "deploy");
        foreach (var file in new[] { "grafana/dashboards/replays.json", "prometheus/alerts.yml" })
        {
            var used = Expression().Matches(File.ReadAllText(Path.Combine(deploy, file)))
                .SelectMany(expression => Metric().Matches(NonMetric().Replace(expression.Value, "")))
                .Select(metric => metric.Value).Distinct().ToList();
            Assert.NotEmpty(used);
            // A metric without a measurement is not exported yet, but its instrument exists.
            Assert.All(used, name => Assert.True(
                fixture.Metrics.Contains($"\n{name}{{", StringComparison.Ordinal)
                || fixture.Metrics.Contains($"\n{name} ", StringComparison.Ordinal)
                || instruments.Any(instrument => name.StartsWith(instrument, StringComparison.Ordinal)), $"{file} uses {name}."));
        }
    }

    /// <summary>The Prometheus names, without unit, of the service's own instruments.</summary>
    private static HashSet<string> Instruments()
    {
        var names = new HashSet<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                    names.Add(instrument.Name.Replace('.', '_'));
            },
        };
        listener.Start();
        Type[] onePerAssembly = [typeof(Telemetry), typeof(TelemetryOptions), typeof(SealService)];
        var types = onePerAssembly.SelectMany(type => type.Assembly.GetTypes());
        foreach (var type in types.Where(type => type is { TypeInitializer: not null, ContainsGenericParameters: false }))
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        return names;
    }

    [GeneratedRegex("""(?m)^\s*"?expr"?:.*$""")]
    private static partial Regex Expression();

    /// <summary>Labels and grouping clauses.</summary>
    [GeneratedRegex("""\{.*?\}|\b(by|without|on) *\(.*?\)""")]
    private static partial Regex NonMetric();

    [GeneratedRegex("""\b(replays|orleans|http|dotnet|db|kestrel)_\w+""")]
    private static partial Regex Metric();
}
