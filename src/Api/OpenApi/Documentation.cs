using Scalar.AspNetCore;

namespace Replays.Api.OpenApi;

/// <summary>Interactive API documentation at <c>/docs</c>. All of its assets are served by this process.</summary>
public static class Documentation
{
    public static void MapDocumentation(this WebApplication app) => app
        .MapScalarApiReference("/docs", options => options
            .WithTitle("Orleans.Replays").DisableDefaultFonts().DisableAgent().DisableMcp().DisableTelemetry().WithNonce())
        .AllowAnonymous()
        .AddEndpointFilter((context, next) =>
        {
            var http = context.HttpContext;
            http.Response.OnStarting(() =>
            {
                http.Response.Headers.ContentSecurityPolicy =
                    $"default-src 'none'; script-src 'self' 'nonce-{http.Items[ScalarOptions.NonceHttpContextItemKey]}'; "
                    + "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
                    + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
                return Task.CompletedTask;
            });
            return next(context);
        });
}
