using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Replays.Data.Sql;
using Replays.Grains.Safeguards;

namespace Replays.Api.Security;

/// <summary>
/// JWT bearer authentication with the schemes of <c>Authentication:Schemes</c>. The identity holds only the subject that
/// <see cref="ReaderSafeguard"/> allows and the roles that the issuer may grant.
/// </summary>
public static class TokenAuthentication
{
    public const string SubjectClaim = "sub", RoleClaim = "role";

    /// <summary>Requires exactly one subject: a token that two schemes accept would have two.</summary>
    public const string SubjectPolicy = "subject";

    private static readonly object UnusableSubject = new();

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <exception cref="StartupException">The configuration is missing or unsafe.</exception>
    public static void AddTokens(this WebApplicationBuilder builder)
    {
        var claims = builder.Configuration.GetSection(TokenOptions.Section).Get<TokenOptions>() ?? new();
        claims.Validate();
        var issuers = Issuer.ReadAll(builder.Configuration, builder.Environment);
        var authentication = builder.Services.AddAuthentication(issuers[0].Scheme);
        foreach (var issuer in issuers)
        {
            authentication.AddJwtBearer(issuer.Scheme);
            builder.Services.PostConfigure<JwtBearerOptions>(issuer.Scheme, options => Configure(options, issuer, claims));
        }

        builder.Services.AddAuthorizationBuilder().AddPolicy(SubjectPolicy, policy => policy
            .AddAuthenticationSchemes([.. issuers.Select(issuer => issuer.Scheme)])
            .RequireAssertion(context => context.User.FindAll(SubjectClaim).Count() == 1));
    }

    private static void Configure(JwtBearerOptions options, Issuer issuer, TokenOptions claims)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters.ClockSkew = ClockSkew;
        options.Events = new()
        {
            OnTokenValidated = context =>
            {
                var denials = context.HttpContext.RequestServices.GetRequiredService<SafeguardDenials>();
                context.Principal = new(CreateIdentity(context.SecurityToken, context.Principal!, issuer, claims, denials));
                return Task.CompletedTask;
            },
            OnAuthenticationFailed = context =>
            {
                if (context.Exception is ArgumentException { InnerException: JsonException } && HasUnusableSubject(context.Request))
                {
                    context.HttpContext.RequestServices.GetRequiredService<SafeguardDenials>().RecordDenial(Safeguard.Reader);
                    context.HttpContext.Items[UnusableSubject] = true;
                }

                return Task.CompletedTask;
            },
            OnChallenge = context =>
            {
                if (context.HttpContext.Items.ContainsKey(UnusableSubject))
                {
                    context.HandleResponse();
                    context.Response.StatusCode = StatusCodes.Status403Forbidden;
                }

                return Task.CompletedTask;
            },
        };
    }

    /// <summary>
    /// A token whose subject is not a string gets 403, like one without a subject. The token library cannot parse it, so its signature is
    /// never checked: the payload is used only to choose between 401 and 403.
    /// </summary>
    private static bool HasUnusableSubject(HttpRequest request)
    {
        try
        {
            return request.Headers.Authorization.ToString().Split('.') is [_, var payload, _]
                && !ReaderSafeguard.Allows(Base64UrlEncoder.DecodeBytes(payload), JwtRegisteredClaimNames.Sub, out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static ClaimsIdentity CreateIdentity(
        SecurityToken token, ClaimsPrincipal principal, Issuer issuer, TokenOptions claims, SafeguardDenials denials)
    {
        var identity = new ClaimsIdentity(issuer.Scheme, SubjectClaim, RoleClaim);
        identity.AddClaims(principal.FindAll(claims.RoleClaim)
            .Where(role => issuer.AllowedRoles.Contains(role.Value))
            .Select(role => new Claim(RoleClaim, role.Value)));
        var signed = (JsonWebToken)token;
        var payload = Base64UrlEncoder.DecodeBytes((signed.InnerToken ?? signed).EncodedPayload);
        if (ReaderSafeguard.Allows(payload, claims.PatientClaim, out var subject))
            identity.AddClaim(new(SubjectClaim, subject.Value));
        else
            denials.RecordDenial(Safeguard.Reader);
        return identity;
    }
}
