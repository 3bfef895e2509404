using System.Text.Json.Nodes;
using Xunit;

namespace Replays.Api.Tests.Http;

internal static class ProblemResponse
{
    private const string MediaType = "application/problem+json";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <returns>The code of the problem details; null when the response has none.</returns>
    public static async Task<string?> ProblemCode(this HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is MediaType
            ? (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["code"]
            : null;

    /// <summary>Asserts that the response is a problem with all members that the contract requires.</summary>
    public static async Task<JsonNode> AssertProblem(this HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}, expected {status} {code}: {text}");
        Assert.Equal(MediaType, response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.CacheControl is { Private: true, NoStore: true });
        var problem = JsonNode.Parse(text)!;
        Assert.Equal((code, status), ((string)problem["code"]!, (int)problem["status"]!));
        foreach (var member in new[] { "type", "title", "traceId" })
            Assert.NotEmpty((string)problem[member]!);
        return problem;
    }
}
