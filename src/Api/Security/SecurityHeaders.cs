namespace Replays.Api.Security;

/// <summary>CORS, and headers that stop browsers from caching, sniffing or framing responses and from sending referrers.</summary>
public static class SecurityHeaders
{
    /// <summary>Which sites may embed a response; <c>same-site</c> unless an endpoint sets it.</summary>
    public const string ResourcePolicy = "Cross-Origin-Resource-Policy";

    private static readonly string[] Exposed =
    [
        "Location", "Upload-Offset", "Upload-Length", "ETag", "Content-Range", "Retry-After",
        "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm",
    ];

    /// <summary>Allows the origins in <c>Replays:Cors:AllowedOrigins</c>. Default none.</summary>
    public static void AddSecurityHeaders(this WebApplicationBuilder builder)
    {
        var origins = builder.Configuration.GetSection("Replays:Cors:AllowedOrigins").Get<string[]>() ?? [];
        builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .AllowAnyHeader()
            .AllowAnyMethod()
            .WithExposedHeaders(Exposed)
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
    }

    public static void UseSecurityHeaders(this WebApplication app)
    {
        app.Use((http, next) =>
        {
            // Set as the response starts, because the exception handler clears headers set earlier.
            http.Response.OnStarting(() =>
            {
                var headers = http.Response.Headers;
                headers.CacheControl = "private, no-store";
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                if (headers[ResourcePolicy].Count == 0)
                    headers[ResourcePolicy] = "same-site";
                headers.XFrameOptions = "DENY";
                if (headers.ContentSecurityPolicy.Count == 0)
                    headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
                return Task.CompletedTask;
            });
            return next(http);
        });
        app.UseCors();
    }
}
