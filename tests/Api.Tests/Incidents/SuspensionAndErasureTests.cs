using System.Net;
using Microsoft.Data.Sqlite;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Incidents;

/// <summary>Uses an Api of its own, because a global suspension affects every test.</summary>
public sealed class SuspensionAndErasureTests : IAsyncLifetime
{
    private readonly ApiProcess _api = new();

    public async ValueTask InitializeAsync() => await _api.Program.Start();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_suspension_stops_playback_or_all_access_for_everyone_or_one_patient_and_quarantined_replays_stay_not_found()
    {
        var (patient, other) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var (replay, othersReplay) = (await _api.Give(patient), await _api.Give(other));
        (HttpStatusCode, string?) ok = (HttpStatusCode.OK, null);
        (HttpStatusCode, string?) suspended = (HttpStatusCode.ServiceUnavailable, "playback-suspended");
        (HttpStatusCode, string?) notFound = (HttpStatusCode.NotFound, "not-found");
        foreach (var (path, isGlobal) in new[] { ("/v1/controls/playback", true), ($"/v1/controls/playback/{patient}", false) })
        {
            foreach (var scope in new[] { "playback", "all" })
            {
                var state = await _api.Put(path, TestTokens.Officer, new { enabled = false, reason = "stop", scope });
                Assert.False((bool)state!["enabled"]!);
                Assert.Equal(
                    ("stop", scope, "officer-1"), ((string?)state["reason"], (string?)state["scope"], (string?)state["by"]!["subject"]));
                Assert.Equal(state.ToJsonString(), (await _api.Get(path, TestTokens.Officer))!.ToJsonString());
                await AssertMedia(patient, replay, suspended);
                await AssertMedia(patient, "99-1", notFound);
                await AssertMedia(other, othersReplay, isGlobal ? suspended : ok);
                foreach (var list in new[] { "/v1/me/replays", $"/v1/me/replays/{replay}" })
                    Assert.Equal(scope is "all" ? suspended : ok, await _api.Try(HttpMethod.Get, list, TestTokens.Patient(patient)));
                await _api.Put(path, TestTokens.Officer, new { enabled = true, reason = "go" });
                await AssertMedia(patient, replay, ok);
                var enabled = (await _api.Get(path, TestTokens.Officer))!;
                Assert.True((bool)enabled["enabled"]!);
                var changes = enabled["turns"]!.AsArray().Select(change => (
                    (bool)change!["enabled"]!, (string?)change["scope"], (string?)change["reason"], (string?)change["by"]!["subject"]));
                Assert.Equal([(true, null, "go", "officer-1"), (false, scope, "stop", "officer-1")], changes.Take(2));
                Assert.Equal(scope is "all" ? 4 : 2, changes.Count());
            }
        }

        await Wait.Until(async () =>
            (await _api.TrailKinds(patient)).Count(kind => kind is "playback.suspended" or "playback.resumed") == 4);
        Assert.DoesNotContain("playback.suspended", await _api.TrailKinds(other));

        // A quarantined replay is not found during a suspension either, and the suspension survives a crash.
        await _api.Report(patient, replay);
        await _api.Put("/v1/controls/playback", TestTokens.Officer, new { enabled = false, reason = "stop" });
        await _api.Restart();
        await AssertMedia(patient, replay, notFound);
        await AssertMedia(other, othersReplay, suspended);
    }

    [Fact]
    public async Task Erasure_makes_everything_unreadable_immediately_and_then_leaves_only_a_tombstone()
    {
        var patient = ApiProcess.NewPatient();
        var path = $"/v1/patients/{patient}";
        var number = await _api.Begin(patient);
        var replay = await _api.Record(patient, number);
        var incident = await _api.Report(patient, replay);
        await _api.Put($"{path}/legal-hold", TestTokens.Officer, new { reason = "a dispute" });
        await _api.AssertError(HttpStatusCode.Conflict, "legal-hold", HttpMethod.Delete, path, TestTokens.Officer);
        await _api.Put($"{path}/legal-hold", TestTokens.Officer, new { enabled = false, reason = "settled" });
        await _api.AssertError(HttpStatusCode.Conflict, "incident-open", HttpMethod.Delete, path, TestTokens.Officer);
        await _api.AssertNotFound(HttpMethod.Get, $"/v1/me/replays/{replay}", TestTokens.Patient(patient));
        await _api.Resolve(incident, "restored");
        Assert.Equal([replay], await _api.Replays(patient));
        var mediaFiles = CountMediaFiles();

        await _api.Expect(HttpStatusCode.Accepted, HttpMethod.Delete, path, TestTokens.Officer);
        Assert.Empty(await _api.Replays(patient));
        Assert.Equal(HttpStatusCode.NotFound, await _api.MediaStatus(patient, replay));
        // Erased replays can no longer be reported.
        await _api.AssertNotFound(HttpMethod.Post, $"{path}/replays/{replay}/report", TestTokens.Clinician, IncidentApi.NotMine);
        await _api.AssertNotFound(HttpMethod.Post, "/v1/me/report", TestTokens.Patient(patient), new { replays = "all", reason = "other" });
        await _api.Restart(); // probably during the erasure
        Assert.Empty(await _api.Replays(patient));

        await Wait.Until(() => CountMediaFiles() < mediaFiles);
        // A list request that started before the erasure may record its listing only now.
        Assert.Equal(1, await ExecuteScalar($"""
            INSERT INTO replays_listing
            VALUES ('patients/{patient}/consultations/1/recordings/1', 'late', 'clinician', '', 'patients/{patient}', 1, 'title', 0, 1)
            RETURNING 1
            """));
        await Wait.Until(async () => (await _api.Get("/v1/me/consultations", TestTokens.Patient(patient)))!["items"]!.AsArray() is []
            && (await _api.Trail(patient)).Count(entry => entry["kind"] is not null) == 1, seconds: 120);
        Assert.Equal(0, await ExecuteScalar("SELECT count(*) FROM replays_listing WHERE principal = 'late'"));
        Assert.Equal("patient.erased", (string?)Assert.Single(await _api.Trail(patient), entry => entry["kind"] is not null)["kind"]);
        var check = await _api.Post($"{path}/audit-trail/verify", TestTokens.Officer);
        Assert.True((bool)check!["intact"]! && (long)check["entries"]! > 5);

        // The patient can register again, and sees nothing from before the erasure.
        await Wait.Until(async () =>
        {
            using var booked = await _api.Send(HttpMethod.Post, $"{path}/consultations", TestTokens.Scheduler,
                new { clinician = new { id = "clin-1", name = "Dr Amara Osei" }, scheduledFor = "2026-06-10T10:00:00Z" });
            return booked.StatusCode is HttpStatusCode.Created;
        });
        await Wait.Until(async () => await _api.Give(patient) is { } newReplay && (await _api.Replays(patient)).Contains(newReplay));
        Assert.DoesNotContain(replay, await _api.Replays(patient));
    }

    private int CountMediaFiles() =>
        Directory.GetFiles(Path.Combine(_api.DataDirectory, "media"), "*", SearchOption.AllDirectories).Length;

    private async Task<long> ExecuteScalar(string statement)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_api.DataDirectory, "replays.db")};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new SqliteCommand(statement, connection);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task AssertMedia(string patient, string replay, (HttpStatusCode Status, string? Code) expected)
    {
        using var response = await _api.Media(patient, replay);
        Assert.Equal(expected, (response.StatusCode, await response.ProblemCode()));
    }
}
