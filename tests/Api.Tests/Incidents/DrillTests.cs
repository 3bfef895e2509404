using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Replays.Api.Replays;
using Replays.Api.Tests.Http;
using Replays.Data.Sql;
using Replays.Grains.Safeguards;
using Replays.Grains.Tests.Storage;
using Xunit;
using Safeguard = Replays.Grains.Safeguards.Safeguard;

namespace Replays.Api.Tests.Incidents;

/// <summary>
/// Simulates the incident of 2020: two concurrent calls, one switches from audio to video, and its next recording is delivered to the
/// patient of the other. Runs a silo with that defect in its consultation grains, the real patient grains and the real Api on PostgreSQL.
/// </summary>
public sealed class DrillTests(PostgresServer postgres)
{
    [Fact]
    public async Task With_all_safeguards_nothing_is_delivered_an_incident_opens_and_nobody_is_exposed()
    {
        await using var drill = await Drill.Start(postgres, Enum.GetValues<Safeguard>());
        using var sealing = await drill.SimulateIncident();
        Assert.False(sealing.IsSuccessStatusCode);

        Assert.Empty(await drill.Audit());
        Assert.Empty(await drill.Api.Replays(drill.Owner));
        Assert.Empty(await drill.Api.Replays(drill.Stranger));
        JsonArray incidents = [];
        await Wait.Until(async () =>
            (incidents = (await drill.Api.Get("/v1/incidents?status=open", TestTokens.Officer))!["items"]!.AsArray()).Count > 0);
        var incident = Assert.Single(incidents)!;
        Assert.Equal(("near-miss", "safeguard"), ((string?)incident["kind"], (string?)incident["source"]));
        Assert.Null(incident["reportDueAt"]);
        var exposure = await drill.Api.Incident((string)incident["id"]!, "/exposure");
        Assert.All(exposure["recordings"]!.AsArray(), recording => Assert.Empty(recording!["exposures"]!.AsArray()));
        Assert.Equal((0, 0), ((int)exposure["recipients"]!["listed"]!, (int)exposure["recipients"]!["opened"]!));
    }

    [Fact]
    public async Task Without_safeguards_the_misdelivery_is_detected_stopped_and_its_exposure_fully_reported()
    {
        await using var drill = await Drill.Start(postgres, []);
        using (var sealing = await drill.SimulateIncident())
            Assert.Equal(HttpStatusCode.OK, sealing.StatusCode);
        var api = drill.Api;
        var replay = Assert.Single(await api.Replays(drill.Stranger));
        using (var media = await api.Media(drill.Stranger, replay))
            Assert.Equal(ApiProcess.Video, await media.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var bystander = ApiProcess.NewPatient();
        Assert.Single([await api.Give(bystander)]);
        await api.Replays(bystander);

        var findings = await drill.Audit();
        Assert.Contains(findings, finding =>
            (string?)finding!["kind"] is "replay-owner" && ((string?)finding["name"])!.Contains(drill.Owner, StringComparison.Ordinal));
        Assert.DoesNotContain(findings, finding => finding!.ToJsonString().Contains(bystander, StringComparison.Ordinal));

        var incident = await api.Report(drill.Stranger, replay);
        Assert.Empty(await api.Replays(drill.Stranger));
        Assert.Equal(HttpStatusCode.NotFound, await api.MediaStatus(drill.Stranger, replay));
        await api.AssertNotFound(HttpMethod.Get, $"/v1/me/replays/{replay}", TestTokens.Patient(drill.Stranger));
        Assert.Equal([drill.Recording], (await api.Incident(incident))["recordings"]!.AsArray().Select(name => (string?)name));
        var exposure = await api.Incident(incident, "/exposure");
        Assert.Equal(
            (1, 1, 1), ((int)exposure["dataSubjects"]!, (int)exposure["recipients"]!["listed"]!, (int)exposure["recipients"]!["opened"]!));
        var shown = exposure["recordings"]!.AsArray().Single()!["exposures"]!.AsArray();
        Assert.All(shown, one => Assert.Equal(
            (drill.Stranger, drill.Stranger, "no"), ((string?)one!["principal"], (string?)one["list"], (string?)one["entitled"])));
        Assert.Equal(["listed", "opened"], shown.Select(one => (string?)one!["class"]).Order());
        Assert.Equal(ApiProcess.Video.Length, shown.Where(one => (string?)one!["class"] is "opened").Sum(one => (int)one!["bytesServed"]!));
        var strangersExposures = await api.Get($"/v1/principals/{drill.Stranger}/exposures?entitled=no", TestTokens.Officer);
        Assert.Equal([drill.Recording], strangersExposures!["items"]!.AsArray().Select(item => (string?)item!["name"]));
    }

    [Fact]
    public async Task With_only_the_key_safeguard_a_misdelivered_replay_is_listed_but_not_playable()
    {
        await using var drill = await Drill.Start(postgres, [Safeguard.Key]);
        using (var sealing = await drill.SimulateIncident())
            Assert.Equal(HttpStatusCode.OK, sealing.StatusCode);
        var replay = Assert.Single(await drill.Api.Replays(drill.Stranger));

        foreach (var range in new[] { "bytes=0-", "bytes=0-0", "bytes=-1" })
        {
            using var media = await drill.Api.Media(drill.Stranger, replay, ("Range", range));
            Assert.Equal(
                (HttpStatusCode.NotFound, "application/problem+json"), (media.StatusCode, media.Content.Headers.ContentType?.MediaType));
        }
    }

    private sealed class Drill : IAsyncDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("replays-drill-").FullName;
        private SiloHost? _silo;
        private string? _database;
        private WebApplicationFactory<ReplayReader>? _host;

        public ApiCalls Api { get; private set; } = null!;

        public string Owner { get; } = ApiProcess.NewPatient();

        public string Stranger { get; } = ApiProcess.NewPatient();

        private string Media => Path.Combine(_directory, "media");

        public string Recording => $"patients/{Owner}/consultations/1/recordings/1";

        public static async Task<Drill> Start(PostgresServer postgres, Safeguard[] enabled)
        {
            var drill = new Drill();
            var (database, media) = (drill._database = await postgres.CreateDatabase(), drill.Media);
            Schema.MigratePostgres(database);
            drill._silo = await SiloHost.Start(database, builder =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Replays:Media:Directory"] = media });
                builder.Services.AddSingleton(new EnabledSafeguards(enabled));
                builder.Services.AddSingleton<MisroutingFilter>();
                builder.Services.AddSingleton<IIncomingGrainCallFilter>(services => services.GetRequiredService<MisroutingFilter>());
                builder.Services.AddSingleton<IOutgoingGrainCallFilter>(services => services.GetRequiredService<MisroutingFilter>());
            });
            drill._host = new WebApplicationFactory<ReplayReader>().WithWebHostBuilder(host =>
            {
                host.UseEnvironment("Staging");
                foreach (var (name, value) in TestTokens.Settings)
                    host.UseSetting(name.Replace("__", ":", StringComparison.Ordinal), value);
                host.UseSetting("urls", "http://127.0.0.1:0");
                host.UseSetting("ConnectionStrings:Replays", database);
                host.UseSetting("Replays:Media:Directory", media);
                host.ConfigureTestServices(services =>
                    services.AddSingleton(new EnabledSafeguards(enabled)).AddLogging(log => log.ClearProviders()));
            });
            drill._host.UseKestrel();
            drill.Api = new(drill._host.CreateClient());
            await Wait.Until(drill.IsReady);
            return drill;
        }

        /// <returns>The findings of the <c>audit</c> command.</returns>
        public async Task<JsonArray> Audit()
        {
            await using var audit = new ProgramProcess("Silo", _directory, new Dictionary<string, string?>
            {
                ["ConnectionStrings__Replays"] = _database,
                ["Replays__Media__Directory"] = Media,
            });
            audit.Launch("audit", "--json");
            var exitCode = await audit.Exit();
            var findings = JsonNode.Parse(audit.Output)!["findings"]!.AsArray();
            Assert.Equal(findings.Count == 0 ? 0 : 1, exitCode);
            return findings;
        }

        private async Task<bool> IsReady()
        {
            using var response = await Api.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }

        /// <returns>The response to sealing the video of <see cref="Owner"/>.</returns>
        public async Task<HttpResponseMessage> SimulateIncident()
        {
            var number = await Api.Begin(Owner, "audio");
            await Api.Begin(Stranger, "audio");
            await Api.Post($"{ApiProcess.PathOf(Owner, number)}/mode", TestTokens.Scheduler, new { mode = "video" });
            var opened = await Api.Open(Owner, number);
            await Api.Upload(opened, ApiProcess.Video);
            return await Api.Seal(Owner, number, (int)opened["ordinal"]!, ApiProcess.Video);
        }

        public async ValueTask DisposeAsync()
        {
            await _host!.DisposeAsync();
            await _silo!.DisposeAsync();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
