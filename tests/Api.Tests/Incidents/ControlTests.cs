using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Incidents;

/// <summary>The switches, and what is left after a kill or an erasure. On a program of its own: the switch for everyone is for everyone.</summary>
public sealed class ControlTests : IAsyncLifetime
{
    private readonly ApiProcess _api = new();

    public async ValueTask InitializeAsync() => await _api.Program.Start();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task The_switch_turns_playback_or_all_off_for_everyone_or_one_and_what_is_gone_stays_not_found()
    {
        var (patient, other) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var (replay, others) = (await _api.Give(patient), await _api.Give(other));
        (HttpStatusCode, string?) suspended = (HttpStatusCode.ServiceUnavailable, "playback-suspended"), none = (HttpStatusCode.NotFound, "not-found");
        foreach (var (path, reachesOther) in new[] { ("/v1/controls/playback", true), ($"/v1/controls/playback/{patient}", false) })
        {
            foreach (var scope in new[] { "playback", "all" })
            {
                var state = await _api.Must(HttpStatusCode.OK, HttpMethod.Put, path, TestTokens.Officer, new { enabled = false, reason = "stop", scope });
                Assert.False((bool)state!["enabled"]!);
                Assert.Equal(("stop", scope, "officer-1"), ((string?)state["reason"], (string?)state["scope"], (string?)state["by"]!["subject"]));
                Assert.Equal(state.ToJsonString(), (await _api.Get(path, TestTokens.Officer))!.ToJsonString());
                await AssertMedia(patient, replay, suspended);
                await AssertMedia(patient, "99-1", none);
                await AssertMedia(other, others, reachesOther ? suspended : (HttpStatusCode.OK, null));
                Assert.Equal(scope is "all" ? suspended : (HttpStatusCode.OK, null), await _api.Try(HttpMethod.Get, "/v1/me/replays", TestTokens.Patient(patient)));
                Assert.Equal(scope is "all" ? suspended : (HttpStatusCode.OK, null),
                    await _api.Try(HttpMethod.Get, $"/v1/me/replays/{replay}", TestTokens.Patient(patient)));
                await _api.Must(HttpStatusCode.OK, HttpMethod.Put, path, TestTokens.Officer, new { enabled = true, reason = "go" });
                await AssertMedia(patient, replay, (HttpStatusCode.OK, null));
                var on = (await _api.Get(path, TestTokens.Officer))!;
                Assert.True((bool)on["enabled"]!);
                var turns = on["turns"]!.AsArray().Select(turn => ((bool)turn!["enabled"]!, (string?)turn["scope"], (string?)turn["reason"], (string?)turn["by"]!["subject"]));
                Assert.Equal([(true, null, "go", "officer-1"), (false, scope, "stop", "officer-1")], turns.Take(2));
                Assert.Equal(scope is "all" ? 4 : 2, turns.Count());
            }
        }

        await IncidentApi.Until(async () => (await _api.TrailKinds(patient)).Count(kind => kind is "playback.suspended" or "playback.resumed") == 4,
            "The trail knows of the switch for this patient.");
        Assert.DoesNotContain("playback.suspended", await _api.TrailKinds(other));

        // What is quarantined is not found also while everything is off; the switch survives a kill.
        await _api.Report(patient, replay);
        await _api.Must(HttpStatusCode.OK, HttpMethod.Put, "/v1/controls/playback", TestTokens.Officer, new { enabled = false, reason = "stop" });
        await _api.Restart();
        await AssertMedia(patient, replay, none);
        await AssertMedia(other, others, suspended);
    }

    [Fact]
    public async Task Erasure_makes_all_unreadable_at_once_then_leaves_a_tombstone()
    {
        var patient = ApiProcess.NewPatient();
        var path = $"/v1/patients/{patient}";
        var number = await _api.Begin(patient);
        var replay = await _api.Record(patient, number);
        var incident = await _api.Report(patient, replay);
        await _api.Must(HttpStatusCode.OK, HttpMethod.Put, $"{path}/legal-hold", TestTokens.Officer, new { reason = "a dispute" });
        Assert.Equal((HttpStatusCode.Conflict, "legal-hold"), await _api.Try(HttpMethod.Delete, path, TestTokens.Officer));
        await _api.Must(HttpStatusCode.OK, HttpMethod.Put, $"{path}/legal-hold", TestTokens.Officer, new { enabled = false, reason = "settled" });
        Assert.Equal((HttpStatusCode.Conflict, "incident-open"), await _api.Try(HttpMethod.Delete, path, TestTokens.Officer));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await _api.Try(HttpMethod.Get, $"/v1/me/replays/{replay}", TestTokens.Patient(patient)));
        await _api.Resolve(incident, "restored");
        Assert.Equal([replay], await _api.Replays(patient));
        var media = Directory.GetFiles(Path.Combine(_api.DataDirectory, "media"), "*", SearchOption.AllDirectories).Length;

        await _api.Must(HttpStatusCode.Accepted, HttpMethod.Delete, path, TestTokens.Officer);
        Assert.Empty(await _api.Replays(patient));
        Assert.Equal(HttpStatusCode.NotFound, await _api.MediaStatus(patient, replay));
        // Nothing is left of it that anybody could report, or an incident hold.
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await _api.Try(HttpMethod.Post, $"{path}/replays/{replay}/report", TestTokens.Clinician, IncidentApi.NotMine));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await _api.Try(HttpMethod.Post, "/v1/me/report", TestTokens.Patient(patient), new { replays = "all", reason = "other" }));
        await _api.Restart(); // in the middle of it, as like as not
        Assert.Empty(await _api.Replays(patient));

        await IncidentApi.Until(
            () => Task.FromResult(Directory.GetFiles(Path.Combine(_api.DataDirectory, "media"), "*", SearchOption.AllDirectories).Length < media),
            "Media are gone.");
        // A list that was let in before may write its evidence only now.
        Assert.Equal(1, await Rows($"""
            INSERT INTO replays_listing VALUES ('patients/{patient}/consultations/1/recordings/1', 'late', 'clinician', '', 'patients/{patient}', 1, 'title', 0, 1)
            RETURNING 1
            """));
        await IncidentApi.Until(async () => (await _api.Get("/v1/me/consultations", TestTokens.Patient(patient)))!["items"]!.AsArray() is []
            && (await _api.Trail(patient)).Count(entry => entry["kind"] is not null) == 1, "All is erased.", seconds: 120);
        Assert.Equal(0, await Rows("SELECT count(*) FROM replays_listing WHERE principal = 'late'"));
        Assert.Equal("patient.erased", (string?)Assert.Single(await _api.Trail(patient), entry => entry["kind"] is not null)["kind"]);
        var check = await _api.Post($"{path}/audit-trail/verify", TestTokens.Officer);
        Assert.True((bool)check!["intact"]! && (long)check["entries"]! > 5);

        // Who comes back begins where nothing of the past is.
        await IncidentApi.Until(async () =>
        {
            using var booked = await _api.Send(HttpMethod.Post, $"{path}/consultations", TestTokens.Scheduler,
                new { clinician = new { id = "clin-1", name = "Dr Amara Osei" }, scheduledFor = "2026-06-10T10:00:00Z" });
            return booked.StatusCode is HttpStatusCode.Created;
        }, "They can be booked again.");
        await IncidentApi.Until(async () => await _api.Give(patient) is { } fresh && (await _api.Replays(patient)).Contains(fresh), "And see their replays.");
        Assert.DoesNotContain(replay, await _api.Replays(patient));
    }

    private async Task<long> Rows(string statement)
    {
        await using var database = new SqliteConnection($"Data Source={Path.Combine(_api.DataDirectory, "replays.db")};Pooling=False");
        await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new SqliteCommand(statement, database);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task AssertMedia(string patient, string replay, (HttpStatusCode Status, string? Code) expected)
    {
        using var answer = await _api.Media(patient, replay);
        var code = answer.IsSuccessStatusCode ? null : (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"];
        Assert.Equal(expected, (answer.StatusCode, code));
    }
}
