using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Replays.Api.Security;
using Xunit;

namespace Replays.Api.Tests.Http;

public sealed class AuthorizationTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public void An_endpoint_without_roles_fails_at_startup()
    {
        using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/one", () => "").RequireRoles(Roles.Patient);
        app.MapGet("/health/live", () => "").AllowAnonymous();
        app.EnsureAllAuthorized();

        app.MapGet("/two", () => "");
        Assert.Throws<InvalidOperationException>(app.EnsureAllAuthorized);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_endpoint_for_any_authenticated_user_or_an_unlisted_anonymous_endpoint_fails_at_startup(bool anonymous)
    {
        using var app = WebApplication.CreateSlimBuilder().Build();
        var endpoint = app.MapGet("/three", () => "");
        _ = anonymous ? endpoint.AllowAnonymous() : endpoint.RequireAuthorization();
        Assert.Throws<InvalidOperationException>(app.EnsureAllAuthorized);
    }

    [Fact]
    public async Task Every_served_operation_is_in_the_contract()
    {
        var served = await HttpContract.Served(_api);
        Assert.True(served.Count > 20);
        Assert.Empty(served.Except(HttpContract.Operations.Keys).Except(HttpContract.Anonymous));
    }

    [Fact]
    public async Task Every_operation_allows_exactly_its_roles()
    {
        var violations = new List<string>();
        foreach (var operation in await Served())
        {
            foreach (var role in HttpContract.Roles)
            {
                var result = await Call(operation, TestTokens.For("nobody-1", role));
                if ((result is "forbidden" or "unauthenticated") == HttpContract.Operations[operation].Contains(role))
                    violations.Add($"{operation} as {role}: {result}");
            }

            // Unknown roles, and roles in another spelling.
            var invalidRoles = TestTokens.For("nobody-1", "admin", "Patient", "PRIVACY-OFFICER", "scheduler ", "");
            if (await Call(operation, invalidRoles) is not "forbidden" and var code)
                violations.Add($"{operation} with unknown roles: {code}");
        }

        Assert.Empty(violations);
    }

    [Fact]
    public async Task Every_operation_rejects_a_missing_or_invalid_token()
    {
        var tokens = BadTokens();
        var violations = new List<string>();
        foreach (var operation in await Served())
        {
            foreach (var (kind, token) in tokens)
            {
                if (await Call(operation, token) is not "unauthenticated" and var code)
                    violations.Add($"{operation}, token {kind}: {code}");
            }
        }

        Assert.Empty(violations);
    }

    [Fact]
    public async Task Token_lifetimes_tolerate_a_clock_skew_of_half_a_minute()
    {
        var claims = TestTokens.Claims("p-1", "patient");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        (claims["nbf"], claims["exp"]) = (now - 60, now - 10);
        await _api.Get("/v1/me/replays", TestTokens.Sign(claims.ToJsonString()));
    }

    [Theory]
    [InlineData("missing", "")]
    [InlineData("null", "\"sub\":null,")]
    [InlineData("empty", "\"sub\":\"\",")]
    [InlineData("a number", "\"sub\":1,")]
    [InlineData("true", "\"sub\":true,")]
    [InlineData("an array of one", "\"sub\":[\"p-1\"],")]
    [InlineData("an object", "\"sub\":{\"sub\":\"p-1\"},")]
    [InlineData("repeated", "\"sub\":\"p-1\",\"sub\":\"p-2\",")]
    [InlineData("repeated with the same value", "\"sub\":\"p-1\",\"sub\":\"p-1\",")]
    [InlineData("repeated, one name escaped", "\"sub\":\"p-1\",\"\\u0073ub\":\"p-2\",")]
    [InlineData("repeated, one not a string", "\"sub\":\"p-1\",\"sub\":2,")]
    [InlineData("with a space", "\"sub\":\"p 1\",")]
    [InlineData("with a leading space", "\"sub\":\" p-1\",")]
    [InlineData("with a slash", "\"sub\":\"p/1\",")]
    [InlineData("with a plus", "\"sub\":\"p+1\",")]
    [InlineData("with a leading dot", "\"sub\":\".p\",")]
    [InlineData("with a NUL", "\"sub\":\"p\\u0000\",")]
    [InlineData("with a non-ASCII letter", "\"sub\":\"p\u00e9\",")]
    [InlineData("129 characters", null)]
    [InlineData("in another case", "\"Sub\":\"p-1\",")]
    public async Task A_token_without_exactly_one_valid_subject_is_denied(string kind, string? subject)
    {
        var claims = TestTokens.Claims("x", "patient", "scheduler");
        claims.Remove("sub");
        subject ??= $"\"sub\":\"{new string('x', 129)}\",";
        var token = TestTokens.Sign($"{{{subject}{claims.ToJsonString()[1..]}");
        Assert.True(await Call("GET /v1/me/replays", token) == "forbidden", kind);
        Assert.True(await Call("GET /v1/patients/{patient}/consultations/{number}", token) == "forbidden", kind);
    }

    [Fact]
    public async Task A_sub_member_nested_in_another_claim_is_not_a_subject()
    {
        var claims = TestTokens.Claims("p-1", "patient");
        claims["act"] = new JsonObject { ["sub"] = "p-2" };
        await _api.Get("/v1/me/replays", TestTokens.Sign(claims.ToJsonString()));
    }

    private async Task<List<string>> Served() => [.. (await HttpContract.Served(_api)).Intersect(HttpContract.Operations.Keys)];

    /// <returns>The code of the problem, or the status of a response without one.</returns>
    private async Task<string> Call(string operation, string? token)
    {
        var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        path = path.Replace("/replays/{id}", "/replays/1-1").Replace("{id}", Guid.Empty.ToString()).Replace("{number}", "1")
            .Replace("{ordinal}", "1").Replace("{patient}", "nobody-1").Replace("{sub}", "nobody-1");
        using var response = await _api.Send(new HttpMethod(method), path, token);
        // A response to HEAD has no body.
        if (method is not "HEAD" && await response.ProblemCode() is { } code)
            return code;
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when method is "HEAD" => "unauthenticated",
            HttpStatusCode.Forbidden when method is "HEAD" => "forbidden",
            var status => ((int)status).ToString(),
        };
    }

    private static Dictionary<string, string?> BadTokens()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var good = TestTokens.For("nobody-1", HttpContract.Roles);
        var unsigned = TestTokens.Claims("nobody-1", HttpContract.Roles).ToJsonString();
        return new()
        {
            ["none"] = null,
            ["empty"] = "",
            ["malformed"] = "x",
            ["truncated"] = good[..^1],
            ["signed with another key"] = TestTokens.Sign(unsigned, new byte[64]),
            ["unsigned"] = $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode(unsigned)}.",
            ["expired"] = With("exp", now - 60, ("nbf", now - 120)),
            ["without an expiry"] = With("exp", null),
            ["not yet valid"] = With("nbf", now + 600),
            ["of another issuer"] = With("iss", "somebody else"),
            ["without an issuer"] = With("iss", null),
            ["for another audience"] = With("aud", "another service"),
            ["for no audience"] = With("aud", null),
        };

        static string With(string claim, JsonNode? value, params (string Claim, JsonNode Value)[] others)
        {
            var claims = TestTokens.Claims("nobody-1", HttpContract.Roles);
            if (value is null)
                claims.Remove(claim);
            else
                claims[claim] = value;
            foreach (var (other, set) in others)
                claims[other] = set;
            return TestTokens.Sign(claims.ToJsonString());
        }

        static string Encode(string json) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(json));
    }
}
