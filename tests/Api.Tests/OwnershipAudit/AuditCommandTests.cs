using System.Net;
using Replays.Api.Tests.Http;
using Replays.Api.Tests.Incidents;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>The <c>audit</c> command, run on rows and media written by the real programs, on both databases.</summary>
public sealed class AuditCommandTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_audit_finds_and_names_exactly_the_planted_faults(bool onPostgres)
    {
        await using var deployment = await TestDeployment.Start(onPostgres ? postgres : null);
        await using var rows = new StoredRows(deployment.OpenDatabase());
        var faults = new PlantedFaults(deployment.Media, rows).All;
        var patients = faults.Keys.ToDictionary(kind => kind, kind => PatientId.Parse($"p-{kind}"));
        await CreateConsultations(deployment.Api, patients.Values);
        await WaitForAuditTrails(deployment, rows, patients.Values);
        Assert.Equal(HttpStatusCode.NotFound, (await deployment.Api.Try(HttpMethod.Get, "/v1/audits/latest", TestTokens.Officer)).Status);

        // There are no findings while the deployment runs, nor after it was killed.
        var (exitCode, clean) = await deployment.Audit();
        Assert.Equal((0, "[]"), (exitCode, clean["findings"]!.ToJsonString()));
        Assert.Equal(faults.Count, (int)clean["checked"]!["replays"]!);
        Assert.Equal(faults.Count, (int)clean["checked"]!["mediaObjects"]!);
        deployment.Kill();
        Assert.Equal(0, (await deployment.Audit()).ExitCode);

        var expected = new List<string>();
        foreach (var (kind, plant) in faults)
            expected.Add($"{kind} {await plant(patients[kind])}");
        expected.Add($"media-shared {patients[FindingKinds.MediaShared].Consultation(1).Recording(2).Name}"); // both recordings
        expected.Sort(StringComparer.Ordinal);
        if (onPostgres)
        {
            // The scheduled audit of the cluster finds them.
            await deployment.Restart(scheduleAudit: true);
            await Wait.Until(
                async () => (int)(await deployment.Api.Get("/v1/audits/latest", TestTokens.Officer))!["number"]! > 2, seconds: 120);
        }
        else
        {
            (exitCode, var found) = await deployment.Audit();
            Assert.Equal(1, exitCode);
            Assert.Equal(string.Join('\n', expected), TestDeployment.Findings(found));
            await deployment.Restart();
        }

        // The officer sees the same findings, and one incident per finding.
        var latest = (await deployment.Api.Get("/v1/audits/latest", TestTokens.Officer))!;
        Assert.Equal(string.Join('\n', expected), TestDeployment.Findings(latest));
        Assert.False((bool)latest["clean"]!);
        var incidents = (await deployment.Api.Get("/v1/incidents?limit=100", TestTokens.Officer))!["items"]!.AsArray();
        Assert.Equal(expected.Count, incidents.Count);
        Assert.Equal(faults.Keys.Order(), incidents.Select(incident => (string)incident!["reason"]!).Distinct().Order());
        Assert.All(incidents, incident => Assert.Equal("audit", (string)incident!["source"]!));
        foreach (var other in new[] { TestTokens.Operator, TestTokens.Clinician, TestTokens.Patient("p-1") })
            Assert.Equal(HttpStatusCode.Forbidden, (await deployment.Api.Try(HttpMethod.Get, "/v1/audits/latest", other)).Status);
    }

    [Fact]
    public async Task The_next_audit_finds_a_changed_audit_result()
    {
        await using var deployment = await TestDeployment.Start(null);
        await using var rows = new StoredRows(deployment.OpenDatabase());
        var patient = PatientId.Parse("p-1");
        await CreateConsultations(deployment.Api, [patient]);
        await WaitForAuditTrails(deployment, rows, [patient]);
        deployment.Kill();
        Assert.Equal(0, (await deployment.Audit()).ExitCode);
        var (exitCode, printed) = await deployment.Run("audit");
        Assert.Equal(0, exitCode);
        Assert.Contains("1 replays of 1 patients, 1 media objects", printed);
        Assert.DoesNotContain("[###", printed); // no progress bar without a terminal

        // An empty media store fails the audit instead of causing a finding per object.
        Directory.Move(deployment.Media, deployment.Media + "-moved");
        (exitCode, printed) = await deployment.Run("audit", "--json");
        Assert.Equal(2, exitCode);
        Assert.StartsWith("The audit failed: The media store is empty", printed);
        Directory.Move(deployment.Media + "-moved", deployment.Media);

        // Whoever rewrites an audit trail must also rewrite this digest.
        await rows.ExecuteSingle("UPDATE replays_ownership_audit_head SET hash = @hash", ("hash", new byte[32]));
        Assert.Equal(
            "audit-changed audits/2\ntrail-rewritten patients/p-1/trail", TestDeployment.Findings((await deployment.Audit()).Result));
        await rows.ExecuteSingle(
            "UPDATE replays_ownership_audit_run SET result = replace(result, 'trail-rewritten', 'nothing') WHERE number = 3");
        Assert.Contains("audit-changed audits/3", TestDeployment.Findings((await deployment.Audit()).Result));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Host=127.0.0.1;Port=1;Username=nobody")]
    [InlineData("not a connection string")]
    public async Task Without_a_database_the_audit_fails(string? postgres)
    {
        await using var deployment = TestDeployment.CreateStopped(postgres);
        var (exitCode, output) = await deployment.Run("audit");
        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("   at ", output);
        Assert.False(File.Exists(deployment.DatabaseFile));
    }

    [Fact]
    public async Task An_audit_of_a_database_without_migration_fails()
    {
        await using var deployment = TestDeployment.CreateStopped(await postgres.CreateDatabase());
        var (exitCode, output) = await deployment.Run("audit");
        Assert.Equal(2, exitCode);
        Assert.Contains("migrate", output);
        Assert.Equal(2, (await deployment.Run("audit", "--jason")).ExitCode);
    }

    /// <summary>Two ended consultations per patient, of which the first has a recording.</summary>
    internal static async Task CreateConsultations(ApiProcess api, IEnumerable<PatientId> patients)
    {
        foreach (var patient in patients)
        {
            var number = await api.Begin(patient.Value);
            await api.Record(patient.Value, number);
            await api.Post($"{ApiProcess.PathOf(patient.Value, number)}/end", TestTokens.Scheduler);
            var second = await api.Begin(patient.Value);
            await api.Post($"{ApiProcess.PathOf(patient.Value, second)}/end", TestTokens.Scheduler);
        }
    }

    /// <summary>Waits until all entries are published and the heads of the audit trails are written.</summary>
    internal static async Task WaitForAuditTrails(TestDeployment deployment, StoredRows rows, IEnumerable<PatientId> patients)
    {
        foreach (var patient in patients)
        {
            await Wait.Until(async () =>
                await deployment.Api.Trail(patient.Value) is var trail
                && trail.Count(entry => (string?)entry["kind"] == "consultation.ended") == 2
                && await rows.Find<TrailHead>(TrailStorage.HeadState, patient.Name) is { } head && head.Count == trail.Count);
        }
    }
}
