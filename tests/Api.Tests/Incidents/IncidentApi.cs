using System.Net;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Incidents;

/// <summary>Calls about reports, incidents and the audit trail.</summary>
internal static class IncidentApi
{
    public static readonly object NotMine = new { reason = "not-mine" };

    /// <returns>The id of the incident.</returns>
    public static async Task<string> Report(this ApiCalls api, string patient, string replay) => (string)(await api.Expect(
        HttpStatusCode.Accepted, HttpMethod.Post, $"/v1/me/replays/{replay}/report", TestTokens.Patient(patient), NotMine))!["incident"]!;

    public static async Task<JsonNode> Incident(this ApiCalls api, string id, string path = "") =>
        (await api.Get($"/v1/incidents/{id}{path}", TestTokens.Officer))!;

    public static async Task<JsonNode> Resolve(this ApiCalls api, string id, string outcome) =>
        (await api.Post($"/v1/incidents/{id}/resolve", TestTokens.Officer, new { outcome, note = "investigated" }))!;

    public static async Task<HttpStatusCode> MediaStatus(this ApiCalls api, string patient, string replay)
    {
        using var response = await api.Media(patient, replay);
        return response.StatusCode;
    }

    public static async Task AssertError(
        this ApiCalls api, HttpStatusCode status, string code, HttpMethod method, string path, string token, object? body = null) =>
        Assert.Equal((status, code), await api.Try(method, path, token, body));

    public static Task AssertNotFound(this ApiCalls api, HttpMethod method, string path, string token, object? body = null) =>
        api.AssertError(HttpStatusCode.NotFound, "not-found", method, path, token, body);

    public static Task<JsonNode?> Put(this ApiCalls api, string path, string token, object body) =>
        api.Expect(HttpStatusCode.OK, HttpMethod.Put, path, token, body);

    /// <returns>The status of the response and, if it is a problem, its code.</returns>
    public static async Task<(HttpStatusCode Status, string? Code)> Try(
        this ApiCalls api, HttpMethod method, string path, string token, object? body = null)
    {
        using var response = await ApiCalls.RetryWhileUnavailable(() => api.Send(method, path, token, body));
        return (response.StatusCode, await response.ProblemCode());
    }

    /// <returns>The audit trail of a patient, oldest entry first.</returns>
    public static async Task<List<JsonNode>> Trail(this ApiCalls api, string patient)
    {
        var page = await api.Get($"/v1/patients/{patient}/audit-trail?limit=200", TestTokens.Officer);
        return [.. page!["items"]!.AsArray().Reverse().Select(item => item!)];
    }

    public static async Task<List<string?>> TrailKinds(this ApiCalls api, string patient) =>
        [.. (await api.Trail(patient)).Select(item => (string?)item["kind"])];
}
