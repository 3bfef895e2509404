using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Replays.Api.Security;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>Who may call what.</summary>
public sealed class AuthorizationTests(EmbeddedApi embedded)
{
    private readonly ApiProcess _api = embedded.Api;

    [Fact]
    public void A_program_with_an_endpoint_that_is_for_nobody_in_particular_does_not_start()
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
    public void Neither_being_signed_in_nor_being_open_to_anybody_is_enough_unless_it_is_written_down(bool open)
    {
        using var app = WebApplication.CreateSlimBuilder().Build();
        var endpoint = app.MapGet("/three", () => "");
        _ = open ? endpoint.AllowAnonymous() : endpoint.RequireAuthorization();
        Assert.Throws<InvalidOperationException>(app.EnsureAllAuthorized);
    }

    [Fact]
    public async Task Every_operation_that_is_served_is_in_the_contract()
    {
        var served = await Contract.Served(_api);
        Assert.True(served.Count > 20);
        Assert.Empty(served.Except(Contract.Operations.Keys).Except(Contract.Anonymous));
    }

    [Fact]
    public async Task Every_operation_is_open_to_its_roles_and_to_no_other()
    {
        var wrong = new List<string>();
        foreach (var operation in await Served())
        {
            foreach (var role in Contract.Roles)
            {
                var code = await Call(operation, TestTokens.For("nobody-1", role));
                if ((code is "forbidden" or "unauthenticated") == Contract.Operations[operation].Contains(role))
                    wrong.Add($"{operation} as {role}: {code}");
            }

            // Roles that there are not, and roles in another spelling.
            if (await Call(operation, TestTokens.For("nobody-1", "admin", "Patient", "PRIVACY-OFFICER", "scheduler ", "")) is not "forbidden" and var odd)
                wrong.Add($"{operation} with unknown roles: {odd}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Without_a_valid_token_every_operation_is_refused()
    {
        var tokens = BadTokens();
        var wrong = new List<string>();
        foreach (var operation in await Served())
        {
            foreach (var (kind, token) in tokens)
            {
                if (await Call(operation, token) is not "unauthenticated" and var code)
                    wrong.Add($"{operation}, token {kind}: {code}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task The_clock_may_be_half_a_minute_off()
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
    [InlineData("repeated, the same", "\"sub\":\"p-1\",\"sub\":\"p-1\",")]
    [InlineData("repeated, once escaped", "\"sub\":\"p-1\",\"\\u0073ub\":\"p-2\",")]
    [InlineData("repeated, once no string", "\"sub\":\"p-1\",\"sub\":2,")]
    [InlineData("with a blank", "\"sub\":\"p 1\",")]
    [InlineData("to be trimmed", "\"sub\":\" p-1\",")]
    [InlineData("with a slash", "\"sub\":\"p/1\",")]
    [InlineData("with a plus", "\"sub\":\"p+1\",")]
    [InlineData("a leading dot", "\"sub\":\".p\",")]
    [InlineData("with a NUL", "\"sub\":\"p\\u0000\",")]
    [InlineData("a letter beyond ASCII", "\"sub\":\"p\u00e9\",")]
    [InlineData("129 characters", "\"sub\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\",")]
    [InlineData("under another name", "\"Sub\":\"p-1\",")]
    public async Task A_token_without_exactly_one_usable_subject_reads_nothing(string kind, string subject)
    {
        var claims = TestTokens.Claims("x", "patient", "scheduler");
        claims.Remove("sub");
        var token = TestTokens.Sign($"{{{subject}{claims.ToJsonString()[1..]}");
        Assert.True(await Call("GET /v1/me/replays", token) == "forbidden", kind);
        Assert.True(await Call("GET /v1/patients/{patient}/consultations/{number}", token) == "forbidden", kind);
    }

    [Fact]
    public async Task What_is_called_sub_inside_another_claim_is_no_subject()
    {
        var claims = TestTokens.Claims("p-1", "patient");
        claims["act"] = new JsonObject { ["sub"] = "p-2" };
        await _api.Get("/v1/me/replays", TestTokens.Sign(claims.ToJsonString()));
    }

    private async Task<List<string>> Served() => [.. (await Contract.Served(_api)).Intersect(Contract.Operations.Keys)];

    /// <returns>The problem's code; the status where there is none.</returns>
    private async Task<string> Call(string operation, string? token)
    {
        var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        path = path.Replace("/replays/{id}", "/replays/1-1").Replace("{id}", Guid.Empty.ToString()).Replace("{number}", "1").Replace("{ordinal}", "1")
            .Replace("{patient}", "nobody-1").Replace("{sub}", "nobody-1");
        using var answer = await _api.Send(new HttpMethod(method), path, token);
        // The answer to HEAD has no body.
        if (method is not "HEAD" && answer.Content.Headers.ContentType?.MediaType is "application/problem+json")
            return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!;
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized when method is "HEAD" => "unauthenticated",
            HttpStatusCode.Forbidden when method is "HEAD" => "forbidden",
            var status => ((int)status).ToString(),
        };
    }

    private static Dictionary<string, string?> BadTokens()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var good = TestTokens.For("nobody-1", Contract.Roles);
        var unsigned = TestTokens.Claims("nobody-1", Contract.Roles).ToJsonString();
        return new()
        {
            ["none"] = null,
            ["empty"] = "",
            ["no token"] = "x",
            ["cut"] = good[..^1],
            ["of another key"] = TestTokens.Sign(unsigned, new byte[64]),
            ["unsigned"] = $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode(unsigned)}.",
            ["expired"] = With("exp", now - 60, ("nbf", now - 120)),
            ["without an end"] = With("exp", null),
            ["not yet valid"] = With("nbf", now + 600),
            ["of another issuer"] = With("iss", "somebody else"),
            ["without an issuer"] = With("iss", null),
            ["for another audience"] = With("aud", "another service"),
            ["for no audience"] = With("aud", null),
        };

        static string With(string claim, JsonNode? value, params (string Claim, JsonNode Value)[] others)
        {
            var claims = TestTokens.Claims("nobody-1", Contract.Roles);
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
