using System.Net;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>Runs the main job, denials and faults, and keeps the telemetry and console output of both programs at level Debug.</summary>
public sealed class TelemetryFixture : IAsyncLifetime
{
    private const string Clinician = "Dr Zerlinda Quxworth", Reason = "wobblefoot-complaint", ClinicianId = "clin-zq-771";

    private readonly PostgresServer _postgres = new(); // not shared, because the fixture stops it
    private readonly string _patient = $"zebedee-{Guid.NewGuid():n}";

    internal OtlpSink Sink { get; private set; } = null!;

    /// <summary>The Prometheus metrics of both programs.</summary>
    internal string Metrics { get; private set; } = "";

    /// <summary>The status of <c>/metrics</c> on the Api's public port.</summary>
    internal HttpStatusCode PublicMetricsStatus { get; private set; }

    internal IReadOnlyList<string> ConsoleOutputs { get; private set; } = [];

    /// <summary>Personal data, and grain keys that contain it.</summary>
    internal IReadOnlyList<string> PersonalData =>
        [_patient, "zebedee", Clinician, "Zerlinda", Reason, ClinicianId, "patients/z", "consultation with"];

    public async ValueTask InitializeAsync()
    {
        Sink = await OtlpSink.Start();
        var database = await _postgres.CreateDatabase();
        int[] metricsPorts = [LoopbackPort.Next(), LoopbackPort.Next()];
        await using var cluster = new ClusterProcesses(1, 1, n => new NodeLocation(database, Settings: new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Sink.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["Logging__LogLevel__Default"] = "Debug",
            ["Replays__Telemetry__MetricsPort"] = $"{metricsPorts[n]}",
        }));
        await cluster.Start();
        var api = cluster.Apis[0].Address;
        using var client = new LoadClient([api]);

        var bookings = $"/v1/patients/{_patient}/consultations";
        var body = new { clinician = new { id = ClinicianId, name = Clinician }, scheduledFor = "2026-06-10T10:00:00Z", reason = Reason };
        var booked = await client.Send(HttpStatusCode.Created, HttpMethod.Post, bookings, TestTokens.Scheduler, body);
        await new LoadScenario(client, new ExpectedState(_patient), new Random(Settings.Seed)).Run();
        var clinician = TestTokens.For(ClinicianId, "clinician");
        await client.Send(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/patients/{_patient}/replays/7-7", clinician);
        await client.Send(HttpStatusCode.Conflict, HttpMethod.Post, $"{bookings}/{(int)booked.Json["number"]!}/end", TestTokens.Scheduler);
        await Scrape();
        using (var http = new HttpClient())
        {
            using var response = await http.GetAsync(new Uri(api, "/metrics"));
            PublicMetricsStatus = response.StatusCode;
        }

        // The faults: grain calls that time out, an unavailable database, a restarted silo.
        cluster.Silos[0].Signal("STOP");
        using (var http = new HttpClient { BaseAddress = api })
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Patient(_patient));
            using var response = await http.GetAsync("/v1/me/replays");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
        cluster.Silos[0].Signal("CONT");
        await _postgres.StopImmediately();
        var booking = client.Send(HttpStatusCode.Created, HttpMethod.Post, bookings, TestTokens.Scheduler, body);
        await Eventually.Holds(() => client.Attempts.Any(a => a.Status == 503), "No request failed without the database.");
        await _postgres.StartAgain();
        await booking;
        await Scrape();
        cluster.Silos[0].Kill();
        await cluster.Silos[0].Start();
        await client.Send(HttpStatusCode.OK, HttpMethod.Get, "/v1/me/replays", TestTokens.Patient(_patient));

        // Exporters send in batches.
        foreach (var (signal, text) in new[] { ("traces", "/v1/me/replays"), ("metrics", "replays.deliveries"), ("logs", "Replays.") })
        {
            await Eventually.Holds(
                () => Sink.TextOf($"/v1/{signal}").Contains(text, StringComparison.Ordinal), $"{text} is not in the {signal}.");
        }
        ConsoleOutputs = [.. cluster.All.Select(node => node.Output)];

        async Task Scrape() =>
            Metrics += string.Concat(await Task.WhenAll(metricsPorts.Select(port => Get(new Uri($"http://127.0.0.1:{port}/metrics")))));
    }

    public async ValueTask DisposeAsync()
    {
        if (Sink is not null)
            await Sink.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private static async Task<string> Get(Uri url)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(url);
    }
}
