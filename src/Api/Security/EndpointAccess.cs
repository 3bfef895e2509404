using System.Collections.Frozen;
using Microsoft.AspNetCore.Authorization;
using Replays.Api.Playback;

namespace Replays.Api.Security;

/// <summary>Closed by default: every endpoint says for which roles it is, or is written down here as open to anybody.</summary>
public static class EndpointAccess
{
    /// <summary>What anybody may call, without a token.</summary>
    public static readonly FrozenSet<string> Anonymous = FrozenSet.ToFrozenSet(
    [
        "/health/live",
        "/health/ready",
        "/openapi/{documentName}.json",
        "/docs/{documentName?}",
        "/docs/scalar.js",
        "/docs/scalar.aspnetcore.js",
        "/docs/favicon.svg",
        "/.well-known/security.txt",
        PlaybackUrls.Path, // the URL itself is the leave
    ]);

    /// <summary>Keeps a program from starting that has an endpoint which was forgotten. Called when all are mapped.</summary>
    /// <exception cref="InvalidOperationException">An endpoint is neither for roles nor in <see cref="Anonymous"/>.</exception>
    public static void EnsureAllAuthorized(this IEndpointRouteBuilder app)
    {
        foreach (var endpoint in app.DataSources.SelectMany(source => source.Endpoints))
        {
            var path = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "";
            var isOpen = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            if (isOpen ? !Anonymous.Contains(path) : RolesOf(endpoint) is [])
                throw new InvalidOperationException($"{endpoint.DisplayName} is for nobody in particular: give it roles, or list it as open to anybody.");
        }
    }

    /// <summary>The roles of which a caller needs one.</summary>
    internal static string[] RolesOf(Endpoint endpoint) => RolesOf(endpoint.Metadata);

    internal static string[] RolesOf(IEnumerable<object> metadata) =>
        [.. metadata.OfType<IAuthorizeData>().Where(data => data.Policy == TokenAuthentication.SubjectPolicy).SelectMany(data => data.Roles?.Split(',') ?? [])];
}
