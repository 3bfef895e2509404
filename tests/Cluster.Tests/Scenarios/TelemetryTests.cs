using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Replays.Api.Recordings;
using Replays.Grains;
using Replays.Silo.Observability;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>What the programs tell of themselves.</summary>
public sealed partial class TelemetryTests(TelemetryRun run) : IClassFixture<TelemetryRun>
{
    [Fact]
    public void Traces_metrics_logs_and_console_tell_what_happens_and_never_of_whom()
    {
        (string Where, string All)[] told =
        [
            ("traces", run.Sink.Texts("/v1/traces")), ("metrics", run.Sink.Texts("/v1/metrics")), ("logs", run.Sink.Texts("/v1/logs")),
            ("/metrics", run.Scraped), .. run.Consoles.Select(output => ("console", output)),
        ];
        foreach (var (where, all) in told)
        {
            Assert.NotEmpty(all);
            foreach (var secret in run.Secrets)
            {
                var at = all.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
                Assert.True(at < 0, $"{where} tells '{secret}': {(at < 0 ? "" : all[Math.Max(0, at - 300)..Math.Min(all.Length, at + 200)])}");
            }
        }
    }

    [Fact]
    public void One_trace_leads_from_the_request_through_the_grain_to_the_statement()
    {
        var traces = run.Sink.TracesWith("/v1/patients/{patient}/consultations");
        Assert.NotEmpty(traces);
        Assert.Contains(traces.Intersect(run.Sink.TracesWith("IPatientGrain/Book")), run.Sink.TracesWith("db.system.name").Contains);
    }

    [Fact]
    public void Metrics_are_on_their_own_port_and_on_no_other()
    {
        Assert.Contains("http_server_request_duration_seconds", run.Scraped);
        Assert.Equal(HttpStatusCode.NotFound, run.MetricsInPublic);
    }

    [Fact]
    public void Every_metric_that_a_panel_or_an_alert_asks_for_exists()
    {
        var instruments = Instruments();
        var deploy = Path.Combine(AppContext.BaseDirectory, "deploy");
        foreach (var file in new[] { "grafana/dashboards/replays.json", "prometheus/alerts.yml" })
        {
            var asked = Expression().Matches(File.ReadAllText(Path.Combine(deploy, file)))
                .SelectMany(expression => Metric().Matches(NoMetric().Replace(expression.Value, ""))).Select(metric => metric.Value).Distinct().ToList();
            Assert.NotEmpty(asked);
            // What has not happened yet is not in the text: then there is an instrument that will bring it there.
            Assert.All(asked, name => Assert.True(
                run.Scraped.Contains($"\n{name}{{", StringComparison.Ordinal) || run.Scraped.Contains($"\n{name} ", StringComparison.Ordinal)
                || instruments.Any(instrument => name.StartsWith(instrument, StringComparison.Ordinal)), $"{file} asks for {name}."));
        }
    }

    /// <summary>Every instrument of the service's own, as Prometheus calls it, but for the unit.</summary>
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
        Type[] anyOfEach = [typeof(Telemetry), typeof(TelemetryOptions), typeof(SealService)];
        var types = anyOfEach.SelectMany(one => one.Assembly.GetTypes());
        foreach (var type in types.Where(type => type is { TypeInitializer: not null, ContainsGenericParameters: false }))
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        return names;
    }

    [GeneratedRegex("""(?m)^\s*"?expr"?:.*$""")]
    private static partial Regex Expression();

    /// <summary>Labels and what a sum is grouped by.</summary>
    [GeneratedRegex("""\{.*?\}|\b(by|without|on) *\(.*?\)""")]
    private static partial Regex NoMetric();

    [GeneratedRegex("""\b(replays|orleans|http|dotnet|db|kestrel)_\w+""")]
    private static partial Regex Metric();
}
