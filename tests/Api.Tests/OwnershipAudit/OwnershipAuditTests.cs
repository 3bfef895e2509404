using System.Net;
using Replays.Api.Tests.Http;
using Replays.Api.Tests.Incidents;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>The <c>audit</c> command on the rows and media that the real programs wrote, on both databases.</summary>
public sealed class OwnershipAuditTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_planted_fault_is_found_and_named_and_nothing_else(bool onPostgres)
    {
        await using var service = await AuditedService.Start(onPostgres ? postgres : null);
        await using var rows = new StoredRows(service.Open());
        var faults = new PlantedFaults(service.Media, rows).All;
        var patients = faults.Keys.ToDictionary(kind => kind, kind => PatientId.Parse($"p-{kind}"));
        await Live(service.Api, patients.Values);
        await Settle(service, rows, patients.Values);
        Assert.Equal(HttpStatusCode.NotFound, (await service.Api.Try(HttpMethod.Get, "/v1/audits/latest", TestTokens.Officer)).Status);

        // All is well while the service runs, and when it was killed.
        var (exitCode, clean) = await service.Audit();
        Assert.Equal((0, "[]"), (exitCode, clean["findings"]!.ToJsonString()));
        Assert.Equal(faults.Count, (int)clean["checked"]!["replays"]!);
        Assert.Equal(faults.Count, (int)clean["checked"]!["mediaObjects"]!);
        service.Kill();
        Assert.Equal(0, (await service.Audit()).ExitCode);

        var expected = new List<string>();
        foreach (var (kind, plant) in faults)
            expected.Add($"{kind} {await plant(patients[kind])}");
        expected.Add($"media-shared {patients[FindingKinds.MediaShared].Consultation(1).Recording(2).Name}"); // both that share it
        expected.Sort(StringComparer.Ordinal);
        if (onPostgres)
        {
            // The cluster finds them by itself.
            await service.StartAgain(auditSoon: true);
            await IncidentApi.Until(async () => (int)(await service.Api.Get("/v1/audits/latest", TestTokens.Officer))!["number"]! > 2, "no audit", seconds: 120);
        }
        else
        {
            (exitCode, var found) = await service.Audit();
            Assert.Equal(1, exitCode);
            Assert.Equal(string.Join('\n', expected), AuditedService.Findings(found));
            await service.StartAgain();
        }

        // The officer sees the same, and an incident of each.
        var latest = (await service.Api.Get("/v1/audits/latest", TestTokens.Officer))!;
        Assert.Equal(string.Join('\n', expected), AuditedService.Findings(latest));
        Assert.False((bool)latest["clean"]!);
        var incidents = (await service.Api.Get("/v1/incidents?limit=100", TestTokens.Officer))!["items"]!.AsArray();
        Assert.Equal(expected.Count, incidents.Count);
        Assert.Equal(faults.Keys.Order(), incidents.Select(incident => (string)incident!["reason"]!).Distinct().Order());
        Assert.All(incidents, incident => Assert.Equal("audit", (string)incident!["source"]!));
        foreach (var other in new[] { TestTokens.Operator, TestTokens.Clinician, TestTokens.Patient("p-1") })
            Assert.Equal(HttpStatusCode.Forbidden, (await service.Api.Try(HttpMethod.Get, "/v1/audits/latest", other)).Status);
    }

    [Fact]
    public async Task An_audit_that_was_changed_afterwards_shows_in_the_next()
    {
        await using var service = await AuditedService.Start(null);
        await using var rows = new StoredRows(service.Open());
        var patient = PatientId.Parse("p-1");
        await Live(service.Api, [patient]);
        await Settle(service, rows, [patient]);
        service.Kill();
        Assert.Equal(0, (await service.Audit()).ExitCode);
        var (exitCode, printed) = await service.Run("audit");
        Assert.Equal(0, exitCode);
        Assert.Contains("1 replays of 1 patients, 1 media objects", printed);
        Assert.DoesNotContain("[###", printed); // no terminal, no bar

        // Media that are away altogether are not looked for one by one.
        Directory.Move(service.Media, service.Media + "-away");
        (exitCode, printed) = await service.Run("audit", "--json");
        Assert.Equal(2, exitCode);
        Assert.StartsWith("The audit could not be made: The media store is empty or away", printed);
        Directory.Move(service.Media + "-away", service.Media);

        // As whoever rewrites a trail would have to.
        await rows.Must("UPDATE replays_ownership_audit_head SET hash = @hash", ("hash", new byte[32]));
        Assert.Equal("audit-changed audits/2\ntrail-rewritten patients/p-1/trail", AuditedService.Findings((await service.Audit()).Result));
        await rows.Must("UPDATE replays_ownership_audit_run SET result = replace(result, 'trail-rewritten', 'nothing') WHERE number = 3");
        Assert.Contains("audit-changed audits/3", AuditedService.Findings((await service.Audit()).Result));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Host=127.0.0.1;Port=1;Username=nobody")]
    [InlineData("no such thing")]
    public async Task Without_a_database_it_could_not_run(string? postgres)
    {
        await using var service = AuditedService.Without(postgres);
        var (exitCode, output) = await service.Run("audit");
        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("   at ", output);
        Assert.False(File.Exists(service.DatabaseFile));
    }

    [Fact]
    public async Task An_older_database_could_not_be_audited()
    {
        await using var service = AuditedService.Without(await postgres.CreateDatabase());
        var (exitCode, output) = await service.Run("audit");
        Assert.Equal(2, exitCode);
        Assert.Contains("migrate", output);
        Assert.Equal(2, (await service.Run("audit", "--jason")).ExitCode);
    }

    /// <summary>Each has two consultations that ended, the first of them recorded.</summary>
    internal static async Task Live(ApiProcess api, IEnumerable<PatientId> patients)
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

    /// <summary>What there is to tell is in the trails, and sealed.</summary>
    internal static async Task Settle(AuditedService service, StoredRows rows, IEnumerable<PatientId> patients)
    {
        foreach (var patient in patients)
        {
            await IncidentApi.Until(
                async () => await service.Api.Trail(patient.Value) is var trail && trail.Count(entry => (string?)entry["kind"] == "consultation.ended") == 2
                    && await rows.Find<TrailHead>(TrailStorage.HeadState, patient.Name) is { } head && head.Count == trail.Count,
                "the trail lacks something");
        }
    }
}
