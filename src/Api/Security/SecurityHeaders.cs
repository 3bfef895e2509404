namespace Replays.Api.Security;

/// <summary>What browsers are told: who may call from elsewhere, and that nothing is kept, sniffed, framed or passed on.</summary>
public static class SecurityHeaders
{
    /// <summary>Which sites' pages may embed an answer. Where nothing else is said: only those of this site.</summary>
    public const string ResourcePolicy = "Cross-Origin-Resource-Policy";

    private static readonly string[] Exposed = ["Location", "Upload-Offset", "Upload-Length", "ETag", "Content-Range", "Retry-After"];
    private static readonly string[] TusExposed = ["Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm"];

    /// <summary>Origins of <c>Replays:Cors:AllowedOrigins</c>; default none.</summary>
    public static void AddSecurityHeaders(this WebApplicationBuilder builder)
    {
        var origins = builder.Configuration.GetSection("Replays:Cors:AllowedOrigins").Get<string[]>() ?? [];
        builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .AllowAnyHeader()
            .AllowAnyMethod()
            .WithExposedHeaders([.. Exposed, .. TusExposed])
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
    }

    public static void UseSecurityHeaders(this WebApplication app)
    {
        app.Use((http, next) =>
        {
            // At the start of the answer, whoever writes it: the exception handler clears what was set before.
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
