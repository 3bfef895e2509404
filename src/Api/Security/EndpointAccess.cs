using System.Collections.Frozen;
using Microsoft.AspNetCore.Authorization;
using Replays.Api.Playback;

namespace Replays.Api.Security;

/// <summary>Closed by default: every endpoint requires roles or is listed here as anonymous.</summary>
public static class EndpointAccess
{
    private static readonly FrozenSet<string> Anonymous = FrozenSet.ToFrozenSet(
    [
        "/health/live", "/health/ready", "/openapi/{documentName}.json",
        "/docs/{documentName?}", "/docs/scalar.js", "/docs/scalar.aspnetcore.js", "/docs/favicon.svg",
        "/.well-known/security.txt",
        PlaybackUrls.Path, // the URL carries its own authorization
    ]);

    /// <summary>Call after all endpoints are mapped.</summary>
    /// <exception cref="InvalidOperationException">An endpoint neither requires roles nor is listed as anonymous.</exception>
    public static void EnsureAllAuthorized(this IEndpointRouteBuilder app)
    {
        foreach (var endpoint in app.DataSources.SelectMany(source => source.Endpoints))
        {
            var path = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "";
            var isAnonymous = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            if (isAnonymous ? !Anonymous.Contains(path) : RolesOf(endpoint.Metadata) is [])
            {
                throw new InvalidOperationException(
                    $"{endpoint.DisplayName} has no access rule. Call RequireRoles, or list its path in {nameof(EndpointAccess)}.");
            }
        }
    }

    /// <summary>The roles of which the caller needs at least one.</summary>
    internal static string[] RolesOf(IEnumerable<object> metadata) =>
    [
        .. metadata.OfType<IAuthorizeData>().Where(data => data.Policy == TokenAuthentication.SubjectPolicy)
            .SelectMany(data => data.Roles?.Split(',') ?? []),
    ];
}
