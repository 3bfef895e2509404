using System.Net;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Incidents;

/// <summary>What patients and officers do about incidents, over HTTP.</summary>
internal static class IncidentApi
{
    public static readonly object NotMine = new { reason = "not-mine" };

    /// <returns>The incident's id.</returns>
    public static async Task<string> Report(this ApiCalls api, string patient, string replay) => (string)(await api.Must(
        HttpStatusCode.Accepted, HttpMethod.Post, $"/v1/me/replays/{replay}/report", TestTokens.Patient(patient), NotMine))!["incident"]!;

    public static async Task<JsonNode> Incident(this ApiCalls api, string id, string path = "") =>
        (await api.Get($"/v1/incidents/{id}{path}", TestTokens.Officer))!;

    public static async Task<JsonNode> Resolve(this ApiCalls api, string id, string outcome) =>
        (await api.Post($"/v1/incidents/{id}/resolve", TestTokens.Officer, new { outcome, note = "looked into" }))!;

    public static async Task<HttpStatusCode> MediaStatus(this ApiCalls api, string patient, string replay)
    {
        using var answer = await api.Media(patient, replay);
        return answer.StatusCode;
    }

    public static async Task<(HttpStatusCode Status, string? Code)> Try(this ApiCalls api, HttpMethod method, string path, string token, object? body = null)
    {
        using var answer = await ApiCalls.Patiently(() => api.Send(method, path, token, body));
        var text = await answer.Content.ReadAsStringAsync();
        var code = answer.Content.Headers.ContentType?.MediaType is "application/problem+json" ? (string?)JsonNode.Parse(text)!["code"] : null;
        return (answer.StatusCode, code);
    }

    /// <summary>Waits, within a bound, until something holds.</summary>
    public static async Task Until(Func<Task<bool>> holds, string what, int seconds = 60)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(seconds);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await holds())
        {
            await ticks.WaitForNextTickAsync();
            Assert.True(DateTimeOffset.UtcNow < deadline, what);
        }
    }

    /// <returns>A patient's trail, oldest first.</returns>
    public static async Task<List<JsonNode>> Trail(this ApiCalls api, string patient)
    {
        var page = await api.Get($"/v1/patients/{patient}/audit-trail?limit=200", TestTokens.Officer);
        return [.. page!["items"]!.AsArray().Reverse().Select(item => item!)];
    }

    public static async Task<List<string?>> TrailKinds(this ApiCalls api, string patient) =>
        [.. (await api.Trail(patient)).Select(item => (string?)item["kind"])];
}
