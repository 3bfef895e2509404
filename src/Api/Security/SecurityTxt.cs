using System.Net;

namespace Replays.Api.Security;

/// <summary>Serves <c>/.well-known/security.txt</c> (RFC 9116).</summary>
public static class SecurityTxt
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(90);

    /// <summary>The contact is <c>Replays:SecurityContact</c>, a URI. Default: the security mailbox of the host (RFC 2142).</summary>
    public static void MapSecurityTxt(this IEndpointRouteBuilder app) => app
        .MapGet("/.well-known/security.txt", (HttpContext http, IConfiguration configuration, TimeProvider time) => Results.Text(
            $"""
            Contact: {configuration["Replays:SecurityContact"] ?? $"mailto:security@{MailDomain(http.Request.Host.Host)}"}
            Expires: {time.GetUtcNow().Add(Validity):yyyy-MM-dd'T'HH:mm:ss'Z'}
            Preferred-Languages: en

            """))
        .AllowAnonymous().ExcludeFromDescription();

    private static string MailDomain(string host) => IPAddress.TryParse(host, out _) ? "localhost" : host;
}
