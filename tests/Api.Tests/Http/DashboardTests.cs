using System.Net;
using Replays.Api.Tests.Incidents;
using Xunit;

namespace Replays.Api.Tests.Http;

public sealed class DashboardTests(EmbeddedApi embedded)
{
    [Fact]
    public async Task The_Orleans_dashboard_is_for_operators_only_and_shows_no_patient_ids()
    {
        await using var api = await ApiProcess.Start(new Dictionary<string, string?> { ["Replays__Dashboard__Enabled"] = "true" });
        var patient = ApiProcess.NewPatient();
        await api.Give(patient);
        foreach (var other in new[] { TestTokens.Patient(patient), TestTokens.Clinician, TestTokens.Officer, TestTokens.Scheduler })
            await api.AssertError(HttpStatusCode.Forbidden, "forbidden", HttpMethod.Get, "/dashboard/DashboardCounters", other);
        await api.AssertError(HttpStatusCode.Unauthorized, "unauthenticated", HttpMethod.Get, "/dashboard/", "");

        await Wait.Until(async () => (await Get(api, "/dashboard/DashboardCounters")).Contains("PatientGrain", StringComparison.Ordinal));
        string[] pages = ["/", "/index.min.js", "/index.css", "/ClusterStats", "/GrainTypes", "/TopGrainMethods", "/DashboardCounters"];
        foreach (var page in pages)
            Assert.DoesNotContain(patient, await Get(api, $"/dashboard{page}"));
        var grainState = $"/GrainState?grainId=patients/{patient}&grainType=Replays.Grains.Patients.PatientGrain";
        foreach (var hidden in new[] { grainState, "/Reminders", "/Reminders/1", "/Trace", "/SiloProperties/x" })
            await api.AssertNotFound(HttpMethod.Get, $"/dashboard{hidden}", TestTokens.Operator);
    }

    [Fact]
    public async Task The_Orleans_dashboard_is_disabled_by_default() =>
        await embedded.Api.AssertNotFound(HttpMethod.Get, "/dashboard/", TestTokens.Operator);

    private static async Task<string> Get(ApiProcess api, string path)
    {
        using var response = await api.Send(HttpMethod.Get, path, TestTokens.Operator);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
        return await response.Content.ReadAsStringAsync();
    }
}
