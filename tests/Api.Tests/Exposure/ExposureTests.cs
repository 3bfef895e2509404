using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Replays.Api.Tests.Uploads;
using Replays.Data.Exposure;
using Replays.Data.Sql;
using Replays.Data.StopList;
using Replays.Grains;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Xunit;

namespace Replays.Api.Tests.Exposure;

/// <summary>Uses an Api of its own, because the tests kill it and remove its evidence tables.</summary>
public sealed class ExposureTests(ExposureTests.OwnApi own) : IClassFixture<ExposureTests.OwnApi>
{
    private readonly ApiProcess _api = own.Api;

    [Fact]
    public async Task The_exposure_report_names_recipients_of_listings_and_playbacks_and_their_entitlement()
    {
        var (patient, stranger, clinician) = (ApiProcess.NewPatient(), ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var id = await _api.Record(patient, await _api.Begin(patient, clinician: clinician));
        var recording = RecordingOf(patient, id);
        await _api.Replays(patient);
        using (var part = await _api.Media(patient, id, ("Range", "bytes=0-999")))
            await Bytes(part);
        using (var part = await _api.Media(patient, id, ("Range", "bytes=500-1999")))
            await Bytes(part);
        await _api.Get($"/v1/patients/{patient}/replays", TestTokens.For(clinician, "clinician"));
        var playback = await _api.Expect(HttpStatusCode.Created, HttpMethod.Post, $"/v1/patients/{patient}/replays/{id}/playback",
            TestTokens.Officer, null, ("Access-Reason", "Complaint 7"));
        using (var whole = await _api.Send(HttpMethod.Get, (string)playback!["url"]!, null))
            await Bytes(whole);
        // The safeguards prevent a listing to a stranger, so the test records one itself.
        var strangerListing = new Recipient(new Actor(stranger, "patient"), PatientId.Parse(stranger), false);
        await own.Log.RecordListing([recording], strangerListing, "title clinician", TestContext.Current.CancellationToken);

        var report = await GetExposure(await own.Quarantine("other", recording));
        var listed = Shown(report, "listed").ToDictionary(view => (string)view["principal"]!);
        Assert.Equal(["no", "yes", "yes"], listed.Values.Select(view => (string)view["entitled"]!).Order());
        Assert.Equal("no", (string)listed[stranger]["entitled"]!);
        Assert.Equal(["title", "clinician"], listed[stranger]["disclosed"]!.AsArray().Select(member => (string)member!));
        Assert.Equal(stranger, (string)listed[stranger]["list"]!);
        var opened = Shown(report, "opened").ToDictionary(view => (string)view["principal"]!);
        Assert.Equal(("token", 2_000, 1, false), (
            Via(opened[patient]), (int)opened[patient]["bytesServed"]!, (int)opened[patient]["times"]!, (bool)opened[patient]["atMost"]!));
        Assert.Equal(["0-1999"], opened[patient]["ranges"]!.AsArray().Select(range => (string)range!));
        Assert.Equal(Math.Round(2 * 2_000.0 / ApiProcess.Video.Length, 3), (double)opened[patient]["secondsServed"]!);
        var officer = opened["officer-1"];
        Assert.Equal(("url", "yes", "Complaint 7", ApiProcess.Video.Length),
            (Via(officer), (string)officer["entitled"]!, (string)officer["reason"]!, (int)officer["bytesServed"]!));
        Assert.Equal(
            (1, 1, 0), ((int)report["dataSubjects"]!, (int)report["recipients"]!["listed"]!, (int)report["recipients"]!["opened"]!));

        // The same evidence by principal.
        Assert.Equal(recording.Name, (string)(await GetExposures(stranger, "no")).Single()!["name"]!);
        Assert.Empty(await GetExposures(patient, "no"));
        Assert.Equal(2, (await GetExposures(patient, "yes")).Single()!["exposures"]!.AsArray().Count);
        await _api.Expect(
            HttpStatusCode.BadRequest, HttpMethod.Get, $"/v1/principals/{patient}/exposures?entitled=maybe", TestTokens.Officer);
        await _api.Expect(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/incidents/{IncidentReport.NewId()}/exposure", TestTokens.Officer);
    }

    [Fact]
    public async Task The_entitlement_of_patient_and_clinician_is_unknown_for_a_replay_reported_as_not_mine()
    {
        var (patient, clinician) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var number = await _api.Begin(patient, clinician: clinician);
        var (id, other) = (await _api.Record(patient, number), await _api.Record(patient, number));
        await _api.Replays(patient);
        using (var whole = await _api.Media(patient, id))
            await Bytes(whole);
        await _api.Get($"/v1/patients/{patient}/replays", TestTokens.For(clinician, "clinician"));
        await _api.Expect(
            HttpStatusCode.OK, HttpMethod.Get, $"/v1/patients/{patient}/replays", TestTokens.Officer, null,
            ("Access-Reason", "Complaint 8"));

        var report = await GetExposure(await own.Quarantine("not-mine", RecordingOf(patient, id)));
        Assert.All(Shown(report, "listed"), view =>
            Assert.Equal((string)view["principal"]! == "officer-1" ? "yes" : "unknown", (string)view["entitled"]!));
        Assert.Equal(
            (1, 2, 1), ((int)report["dataSubjects"]!, (int)report["recipients"]!["listed"]!, (int)report["recipients"]!["opened"]!));
        Assert.Equal(RecordingOf(patient, id).Name, (string)(await GetExposures(patient, "unknown")).Single()!["name"]!);
        Assert.Equal(RecordingOf(patient, other).Name, (string)(await GetExposures(patient, "yes")).Single()!["name"]!);
    }

    [Fact]
    public async Task After_a_crash_during_a_response_the_evidence_is_an_upper_bound_of_the_bytes_received()
    {
        var patient = ApiProcess.NewPatient();
        var id = await _api.Give(patient, PaddedClip.Create(48 << 20));
        var received = 0;
        using (var response = await _api.Media(patient, id))
        {
            var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            for (var buffer = new byte[1 << 20]; received < 5 << 20;)
                received += await body.ReadAsync(buffer, TestContext.Current.CancellationToken);
            await _api.Restart();
        }

        var opened = Shown(await GetExposure(await own.Quarantine("other", RecordingOf(patient, id))), "opened").Single();
        Assert.True((bool)opened["atMost"]!);
        Assert.InRange((int)opened["bytesServed"]!, received, 48 << 20);
        Assert.InRange((int)opened["bytesServed"]!, 0, 40 << 20);
    }

    [Fact]
    public async Task The_access_log_shows_who_accessed_a_replay_without_identifying_other_patients()
    {
        var (patient, stranger, clinician) = (ApiProcess.NewPatient(), ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var id = await _api.Record(patient, await _api.Begin(patient, clinician: clinician));
        await _api.Replays(patient);
        await _api.Replays(patient);
        using (var whole = await _api.Media(patient, id))
            await Bytes(whole);
        await _api.Get($"/v1/patients/{patient}/replays/{id}", TestTokens.For(clinician, "clinician"));
        await _api.Expect(
            HttpStatusCode.OK, HttpMethod.Get, $"/v1/patients/{patient}/replays", TestTokens.Officer, null,
            ("Access-Reason", "Complaint 9"));
        await own.Log.RecordListing(
            [RecordingOf(patient, id)], new(new Actor(stranger, "patient"), PatientId.Parse(stranger), false), "title",
            TestContext.Current.CancellationToken);

        var log = await AccessLog(patient, entries: 5);
        Assert.Equal(
            ["listed another-person ", "listed clinician Dr Amara Osei", "listed staff ", "listed you ", "opened you "],
            log.Select(entry => $"{entry["what"]} {entry["who"]!["kind"]} {entry["who"]!["name"]}").Order());
        Assert.All(log, entry => Assert.Equal(id, (string)entry["replay"]!));
        Assert.DoesNotContain(stranger, string.Concat(log.Select(entry => entry.ToJsonString())), StringComparison.Ordinal);
        Assert.Empty((await _api.Get("/v1/me/access-log", TestTokens.Patient(stranger)))!["items"]!.AsArray());
        await _api.Expect(HttpStatusCode.BadRequest, HttpMethod.Get, "/v1/me/access-log?after=x", TestTokens.Patient(patient));
    }

    [Fact]
    public async Task Nothing_is_shown_when_the_evidence_cannot_be_recorded()
    {
        var patient = ApiProcess.NewPatient();
        var id = await _api.Give(patient);
        await own.Execute("ALTER TABLE replays_listing RENAME TO hidden_listing; ALTER TABLE replays_playback RENAME TO hidden_playback;");
        try
        {
            foreach (var path in new[] { "/v1/me/replays", $"/v1/me/replays/{id}", $"/v1/me/replays/{id}/media" })
            {
                using var response = await _api.Send(HttpMethod.Get, path, TestTokens.Patient(patient));
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                Assert.Equal("unavailable", await response.ProblemCode());
            }
        }
        finally
        {
            await own.Execute(
                "ALTER TABLE hidden_listing RENAME TO replays_listing; ALTER TABLE hidden_playback RENAME TO replays_playback;");
        }

        Assert.Equal([id], await _api.Replays(patient));
        using var media = await _api.Media(patient, id);
        Assert.Equal(ApiProcess.Video, await media.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private static RecordingId RecordingOf(string patient, string id) =>
        RecordingId.TryParseReplayId(PatientId.Parse(patient), id, out var recording) ? recording : throw new FormatException();

    private static string Via(JsonNode view) => (string)view["via"]!;

    private static Task<byte[]> Bytes(HttpResponseMessage response) =>
        response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

    private static IEnumerable<JsonNode> Shown(JsonNode report, string @class) => report["recordings"]!.AsArray()
        .SelectMany(recording => recording!["exposures"]!.AsArray()).Where(view => (string)view!["class"]! == @class)!;

    private async Task<JsonNode> GetExposure(string incident) =>
        (await _api.Get($"/v1/incidents/{incident}/exposure", TestTokens.Officer))!;

    private async Task<JsonArray> GetExposures(string principal, string entitled) =>
        (await _api.Get($"/v1/principals/{principal}/exposures?entitled={entitled}", TestTokens.Officer))!["items"]!.AsArray();

    private async Task<List<JsonNode>> AccessLog(string patient, int entries)
    {
        List<JsonNode> log = [];
        await Wait.Until(
            async () => (log = await _api.GetAllPages("/v1/me/access-log", 2, TestTokens.Patient(patient))).Count >= entries, seconds: 30);
        return log;
    }

    /// <summary>An Api for this class, with direct access to its database.</summary>
    public sealed class OwnApi : IAsyncLifetime
    {
        private SqliteDataSource? _database;

        public ApiProcess Api { get; } = new();

        internal ExposureLog Log => new(_database!, TimeProvider.System);

        public async ValueTask InitializeAsync()
        {
            await Api.Program.Start();
            _database = new(Path.Combine(Api.DataDirectory, "replays.db"));
        }

        public async ValueTask DisposeAsync()
        {
            if (_database is not null)
                await _database.DisposeAsync();
            await Api.DisposeAsync();
        }

        internal async Task Execute(string sql)
        {
            await using var connection = await _database!.OpenConnectionAsync();
            await connection.Statement(sql).Execute(default);
        }

        /// <returns>The id of the incident.</returns>
        internal async Task<string> Quarantine(string reason, params ImmutableArray<RecordingId> recordings)
        {
            var report = new IncidentReport
            {
                Id = IncidentReport.NewId(),
                Source = IncidentSource.Patient,
                ReportedAt = DateTimeOffset.UtcNow,
                By = new Actor(recordings[0].Patient.Value, "patient"),
                Reason = reason,
                Recordings = recordings,
            };
            await new StopRepository(_database!, TimeProvider.System).Quarantine(report, evenIfQuarantined: false, default);
            return report.Id;
        }
    }
}
