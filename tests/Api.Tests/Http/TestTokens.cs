using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Replays.Api.Tests.Http;

/// <summary>Tokens as an identity provider issues them, and invalid ones.</summary>
public static class TestTokens
{
    public const string Issuer = "tests", Audience = "replays", OfficerId = "officer-1";

    public static readonly byte[] Key = SHA512.HashData("a signing key of the tests"u8);

    public static readonly string Scheduler = For("app-backend", "scheduler");
    public static readonly string Recorder = For("media-pipeline", "recorder");
    public static readonly string Clinician = For("clin-1", "clinician");
    public static readonly string Officer = For(OfficerId, "privacy-officer");
    public static readonly string SecondOfficer = For("officer-2", "privacy-officer");
    public static readonly string Operator = For("operator-1", "operator");

    /// <summary>Environment variables that make a program accept these tokens.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Settings = new Dictionary<string, string?>
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Staging",
        ["DOTNET_ENVIRONMENT"] = "Staging",
        ["Authentication__Schemes__Bearer__ValidIssuer"] = Issuer,
        ["Authentication__Schemes__Bearer__ValidAudiences__0"] = Audience,
        ["Authentication__Schemes__Bearer__SigningKeys__0__Issuer"] = Issuer,
        ["Authentication__Schemes__Bearer__SigningKeys__0__Value"] = Convert.ToBase64String(Key),
    };

    public static string Patient(string id) => For(id, "patient");

    public static string For(string subject, params string[] roles) => Sign(Claims(subject, roles).ToJsonString());

    /// <summary>The claims of a valid token, which a test can change before signing.</summary>
    public static JsonObject Claims(string subject, params string[] roles)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["iat"] = now,
            ["nbf"] = now - 5,
            ["exp"] = now + 3600,
            ["sub"] = subject,
            ["role"] = new JsonArray([.. roles.Select(role => JsonValue.Create(role))]),
        };
    }

    /// <summary>Signs any payload, valid or not.</summary>
    public static string Sign(string payload, byte[]? key = null)
    {
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        return $"{signed}.{Encode(HMACSHA256.HashData(key ?? Key, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
