using System.Diagnostics;
using System.Net;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>The main job, refusals and faults, with everything that two programs export and print meanwhile, at their most talkative.</summary>
public sealed class TelemetryRun : IAsyncLifetime
{
    private const string Clinician = "Dr Zerlinda Quxworth", Reason = "wobblefoot-complaint", ClinicianId = "clin-zq-771";

    private readonly PostgresServer _postgres = new(); // its own: it is stopped
    private readonly string _patient = $"zebedee-{Guid.NewGuid():n}";

    internal OtlpSink Sink { get; private set; } = null!;

    /// <summary>What <c>/metrics</c> of both programs say.</summary>
    internal string Scraped { get; private set; } = "";

    /// <summary>What the Api's public port answers to a request for <c>/metrics</c>.</summary>
    internal HttpStatusCode MetricsInPublic { get; private set; }

    internal IReadOnlyList<string> Consoles { get; private set; } = [];

    /// <summary>What nothing may tell: who took part, what they were called, why they came, what the grains are called by.</summary>
    internal IReadOnlyList<string> Secrets => [_patient, "zebedee", Clinician, "Zerlinda", Reason, ClinicianId, "patients/z", "consultation with"];

    public async ValueTask InitializeAsync()
    {
        Sink = await OtlpSink.Start();
        var database = await _postgres.CreateDatabase();
        int[] metricsPorts = [LoopbackPort.Next(), LoopbackPort.Next()];
        await using var cluster = new ClusterProcesses(1, 1, n => new Place(database, Settings: new Dictionary<string, string?>
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
        using var users = new LoadClient([api]);

        var bookings = $"/v1/patients/{_patient}/consultations";
        var body = new { clinician = new { id = ClinicianId, name = Clinician }, scheduledFor = "2026-06-10T10:00:00Z", reason = Reason };
        var booked = await users.Ask(HttpStatusCode.Created, HttpMethod.Post, bookings, TestTokens.Scheduler, body);
        await new LoadScenario(users, new ExpectedState(_patient), new Random(Settings.Seed)).Go();
        await users.Ask(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/patients/{_patient}/replays/7-7", TestTokens.For(ClinicianId, "clinician"));
        await users.Ask(HttpStatusCode.Conflict, HttpMethod.Post, $"{bookings}/{(int)booked.Json["number"]!}/end", TestTokens.Scheduler);
        await Scrape();
        using (var http = new HttpClient())
        {
            using var elsewhere = await http.GetAsync(new Uri(api, "/metrics"));
            MetricsInPublic = elsewhere.StatusCode;
        }

        // The faults: calls that time out, a database that is gone, a silo that comes back to what it had.
        cluster.Silos[0].Signal("STOP");
        using (var hasty = new HttpClient { BaseAddress = api })
        {
            hasty.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Patient(_patient));
            using var unavailable = await hasty.GetAsync("/v1/me/replays");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, unavailable.StatusCode);
        }
        cluster.Silos[0].Signal("CONT");
        await _postgres.StopAtOnce();
        var booking = users.Ask(HttpStatusCode.Created, HttpMethod.Post, bookings, TestTokens.Scheduler, body);
        await Eventually(() => users.Attempts.Any(a => a.Status == 503));
        await _postgres.StartAgain();
        await booking;
        await Scrape();
        cluster.Silos[0].Kill();
        await cluster.Silos[0].Start();
        await users.Ask(HttpStatusCode.OK, HttpMethod.Get, "/v1/me/replays", TestTokens.Patient(_patient));

        // What is still on its way arrives before anybody looks.
        await Eventually(() => Sink.Texts("/v1/traces").Contains("/v1/me/replays", StringComparison.Ordinal));
        await Eventually(() => Sink.Texts("/v1/metrics").Contains("replays.deliveries", StringComparison.Ordinal));
        await Eventually(() => Sink.Texts("/v1/logs").Contains("Replays.", StringComparison.Ordinal));
        Consoles = [.. cluster.All.Select(node => node.Output)];

        async Task Scrape() =>
            Scraped += string.Concat(await Task.WhenAll(metricsPorts.Select(port => Get(new Uri($"http://127.0.0.1:{port}/metrics")))));
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

    private static async Task Eventually(Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "It did not come about within 30 s.");
            await ticks.WaitForNextTickAsync();
        }
    }
}
