using System.Collections.Frozen;
using Replays.Data.Sql;

namespace Replays.Api.Security;

/// <summary>A bearer scheme of <c>Authentication:Schemes</c> and the roles that its tokens may grant.</summary>
internal sealed record Issuer(string Scheme, FrozenSet<string> AllowedRoles)
{
    /// <summary>The minimum key length for HMAC-SHA256 (RFC 7518, section 3.2).</summary>
    private const int MinKeyBytes = 32;

    /// <exception cref="StartupException">An issuer is missing or unsafe, or may grant roles that it must not.</exception>
    public static IReadOnlyList<Issuer> ReadAll(IConfiguration configuration, IHostEnvironment environment)
    {
        var schemes = configuration.GetSection("Authentication:Schemes").GetChildren().ToList();
        foreach (var scheme in schemes)
        {
            RemoveBlankValues(scheme);
            Validate(scheme, environment);
        }

        if (schemes.Count == 0 && !environment.IsDevelopment())
            throw new StartupException("No token issuer is configured. Set Authentication:Schemes:Bearer:Authority and ValidAudiences:0.");

        var names = schemes.Count == 0 ? ["Bearer"] : schemes.Select(scheme => scheme.Key).ToList();
        var issuers = names.Select(name => Read(configuration, name, isOnlyIssuer: names.Count == 1)).ToList();
        if (issuers.Count > 1 && issuers.Count(issuer => issuer.AllowedRoles.Contains(Roles.Patient)) != 1)
        {
            throw new StartupException(
                "Exactly one issuer may grant the role 'patient'. List it in Replays:Issuers:{scheme}:AllowedRoles of one scheme only.");
        }

        foreach (var section in configuration.GetSection("Replays:Issuers").GetChildren())
        {
            if (!names.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new StartupException(
                    $"{section.Path} does not match a scheme in Authentication:Schemes. Correct its name, or remove the section.");
            }
        }

        return issuers;
    }

    /// <summary>Compose files pass on variables that are not set as empty strings.</summary>
    private static void RemoveBlankValues(IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            RemoveBlankValues(child);
            if (child.Value is { } value && string.IsNullOrWhiteSpace(value))
                child.Value = null;
        }
    }

    private static void Validate(IConfigurationSection scheme, IHostEnvironment environment)
    {
        var keys = scheme.GetSection("SigningKeys").GetChildren().Where(key => key["Value"] is not null).ToList();
        if (keys.Count > 0 && environment.IsProduction())
            throw new StartupException($"{scheme.Path}:SigningKeys is not allowed in Production. Set {scheme.Path}:Authority instead.");

        foreach (var key in keys)
        {
            if (key["Issuer"] is null)
                throw new StartupException($"Set {key.Path}:Issuer to the issuer of the tokens that this key signs.");
            if (!Convert.TryFromBase64String(key["Value"]!, new byte[key["Value"]!.Length], out var length) || length < MinKeyBytes)
                throw new StartupException($"Set {key.Path}:Value to a key of at least {MinKeyBytes} bytes, encoded in base64.");
        }

        // Issuers within one scheme would share its roles, so that one could create the other's patients.
        var issuers = keys.Select(key => key["Issuer"]).Append(scheme["ValidIssuer"])
            .Concat(scheme.GetSection("ValidIssuers").GetChildren().Select(issuer => issuer.Value))
            .Where(issuer => issuer is not null).Distinct(StringComparer.Ordinal);
        if (issuers.Count() > 1)
            throw new StartupException($"{scheme.Path} has more than one issuer. Give each issuer a scheme with its own AllowedRoles.");

        if (environment.IsDevelopment())
            return;
        if (keys.Count == 0 && string.IsNullOrWhiteSpace(scheme["Authority"]))
            throw new StartupException($"Set {scheme.Path}:Authority or, outside Production, {scheme.Path}:SigningKeys.");
        if (string.IsNullOrWhiteSpace(scheme["Audience"]) && !scheme.GetSection("ValidAudiences").GetChildren().Any()
            && string.IsNullOrWhiteSpace(scheme["ValidAudience"]))
        {
            throw new StartupException($"Set {scheme.Path}:ValidAudiences:0, so that tokens for other services are rejected.");
        }
    }

    private static Issuer Read(IConfiguration configuration, string scheme, bool isOnlyIssuer)
    {
        var path = $"Replays:Issuers:{scheme}:AllowedRoles";
        var roles = configuration.GetSection(path).Get<string[]>() ?? [];
        if (roles.FirstOrDefault(role => !Roles.All.Contains(role)) is { } unknown)
            throw new StartupException($"{path} has the unknown role '{unknown}'. Use any of: {string.Join(", ", Roles.All.Order())}.");
        if (roles.Length == 0 && !isOnlyIssuer)
            throw new StartupException($"Because there are several issuers, set {path}:0 to the first role that this one may grant.");
        return new(scheme, roles.Length == 0 ? Roles.All : roles.ToFrozenSet());
    }
}
