using System.Net;

namespace Replays.Api.Security;

/// <summary>Where whoever finds a weakness can tell it (RFC 9116).</summary>
public static class SecurityTxt
{
    private static readonly TimeSpan Freshness = TimeSpan.FromDays(90);

    /// <summary>
    /// <c>/.well-known/security.txt</c> with the contact of <c>Replays:SecurityContact</c>, a URI; where none is set, the mailbox that RFC 2142 reserves for it
    /// in this host's domain.
    /// </summary>
    public static void MapSecurityText(this IEndpointRouteBuilder app) => app
        .MapGet("/.well-known/security.txt", (HttpContext http, IConfiguration configuration, TimeProvider time) => Results.Text(
            $"""
            Contact: {configuration["Replays:SecurityContact"] ?? $"mailto:security@{Domain(http.Request.Host.Host)}"}
            Expires: {time.GetUtcNow().Add(Freshness):yyyy-MM-dd'T'HH:mm:ss'Z'}
            Preferred-Languages: en

            """))
        .AllowAnonymous().ExcludeFromDescription();

    private static string Domain(string host) => IPAddress.TryParse(host, out _) ? "localhost" : host;
}
