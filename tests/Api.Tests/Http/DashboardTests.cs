using System.Net;
using Replays.Api.Tests.Incidents;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>Orleans' dashboard: off unless switched on, for the operator, and without anything that names a patient.</summary>
public sealed class DashboardTests(EmbeddedApi embedded)
{
    [Fact]
    public async Task It_is_for_the_operator_and_shows_no_patient()
    {
        await using var api = new ApiProcess(new Dictionary<string, string?>(TestTokens.Settings) { ["Replays__Dashboard__Enabled"] = "true" });
        await api.Program.Start();
        var patient = ApiProcess.NewPatient();
        await api.Give(patient);
        foreach (var other in new[] { TestTokens.Patient(patient), TestTokens.Clinician, TestTokens.Officer, TestTokens.Scheduler })
            Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await api.Try(HttpMethod.Get, "/dashboard/DashboardCounters", other));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await api.Try(HttpMethod.Get, "/dashboard/", ""));

        await IncidentApi.Until(async () => (await Get(api, "/dashboard/DashboardCounters")).Contains("PatientGrain", StringComparison.Ordinal), "It counts.");
        foreach (var shown in new[] { "/", "/index.min.js", "/index.css", "/ClusterStats", "/GrainTypes", "/TopGrainMethods", "/DashboardCounters" })
            Assert.DoesNotContain(patient, await Get(api, $"/dashboard{shown}"));
        foreach (var hidden in new[] { $"/GrainState?grainId=patients/{patient}&grainType=Replays.Grains.Patients.PatientGrain", "/Reminders", "/Reminders/1", "/Trace", "/SiloProperties/x" })
            Assert.Equal((HttpStatusCode.NotFound, "not-found"), await api.Try(HttpMethod.Get, $"/dashboard{hidden}", TestTokens.Operator));
    }

    [Fact]
    public async Task It_is_off_by_default() =>
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await embedded.Api.Try(HttpMethod.Get, "/dashboard/", TestTokens.Operator));

    private static async Task<string> Get(ApiProcess api, string path)
    {
        using var answer = await api.Send(HttpMethod.Get, path, TestTokens.Operator);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync();
    }
}
