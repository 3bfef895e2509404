using System.Collections.Frozen;
using Replays.Data.Sql;

namespace Replays.Api.Security;

/// <summary>One bearer scheme of <c>Authentication:Schemes</c> and the roles that its tokens may grant.</summary>
internal sealed record Issuer(string Scheme, FrozenSet<string> AllowedRoles)
{
    /// <summary>The shortest key for HMAC-SHA256 (RFC 7518, section 3.2).</summary>
    private const int MinKeyBytes = 32;

    /// <exception cref="StartupException">An issuer is missing, unsafe, or may grant what it must not.</exception>
    public static IReadOnlyList<Issuer> ReadAll(IConfiguration configuration, IHostEnvironment environment)
    {
        var schemes = configuration.GetSection("Authentication:Schemes").GetChildren().ToList();
        foreach (var scheme in schemes)
        {
            UnsetBlanks(scheme);
            Validate(scheme, environment);
        }

        if (schemes.Count == 0 && !environment.IsDevelopment())
            throw new StartupException("Nobody can issue tokens. Set Authentication:Schemes:Bearer:Authority and ValidAudiences:0.");

        var names = schemes.Count == 0 ? ["Bearer"] : schemes.Select(scheme => scheme.Key).ToList();
        var issuers = names.Select(name => Read(configuration, name, alone: names.Count == 1)).ToList();
        if (issuers.Count > 1 && issuers.Count(issuer => issuer.AllowedRoles.Contains(Roles.Patient)) != 1)
        {
            throw new StartupException(
                "Exactly one issuer may make patients: name 'patient' in Replays:Issuers:{scheme}:AllowedRoles of one scheme.");
        }

        foreach (var section in configuration.GetSection("Replays:Issuers").GetChildren())
        {
            if (!names.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
                throw new StartupException($"{section.Path} names no scheme of Authentication:Schemes.");
        }

        return issuers;
    }

    /// <summary>A compose file passes on what it was not given as an empty variable: that is not a key, and not an issuer either.</summary>
    private static void UnsetBlanks(IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            UnsetBlanks(child);
            if (child.Value is { } value && string.IsNullOrWhiteSpace(value))
                child.Value = null;
        }
    }

    private static void Validate(IConfigurationSection scheme, IHostEnvironment environment)
    {
        var keys = scheme.GetSection("SigningKeys").GetChildren().Where(key => key["Value"] is not null).ToList();
        var hasKeys = keys.Count > 0;
        if (hasKeys && environment.IsProduction())
        {
            throw new StartupException(
                $"{scheme.Path}:SigningKeys is for development and tests, and refused in Production. Set {scheme.Path}:Authority instead.");
        }

        foreach (var key in keys)
        {
            if (key["Issuer"] is null)
                throw new StartupException($"Set {key.Path}:Issuer to the issuer whose tokens that key signs.");
            if (!Convert.TryFromBase64String(key["Value"]!, new byte[key["Value"]!.Length], out var length) || length < MinKeyBytes)
                throw new StartupException($"{key.Path}:Value must be at least {MinKeyBytes} bytes in base64.");
        }

        // Several issuers in one scheme would share its roles, and one could make the other's patients.
        var issuers = keys.Select(key => key["Issuer"]).Append(scheme["ValidIssuer"])
            .Concat(scheme.GetSection("ValidIssuers").GetChildren().Select(issuer => issuer.Value))
            .Where(issuer => issuer is not null).Distinct(StringComparer.Ordinal);
        if (issuers.Count() > 1)
            throw new StartupException($"{scheme.Path} names more than one issuer. Give each issuer a scheme of its own, with its AllowedRoles.");

        if (environment.IsDevelopment())
            return;
        if (!hasKeys && string.IsNullOrWhiteSpace(scheme["Authority"]))
            throw new StartupException($"Set {scheme.Path}:Authority, or, outside Production, {scheme.Path}:SigningKeys.");
        if (string.IsNullOrWhiteSpace(scheme["Audience"]) && !scheme.GetSection("ValidAudiences").GetChildren().Any()
            && string.IsNullOrWhiteSpace(scheme["ValidAudience"]))
        {
            throw new StartupException($"Set {scheme.Path}:ValidAudiences:0, so that tokens for other services are refused.");
        }
    }

    private static Issuer Read(IConfiguration configuration, string scheme, bool alone)
    {
        var path = $"Replays:Issuers:{scheme}:AllowedRoles";
        var roles = configuration.GetSection(path).Get<string[]>() ?? [];
        if (roles.FirstOrDefault(role => !Roles.All.Contains(role)) is { } unknown)
            throw new StartupException($"{path} has '{unknown}', which is no role. There are: {string.Join(", ", Roles.All.Order())}.");
        if (roles.Length == 0 && !alone)
            throw new StartupException($"There are several issuers: set {path}:0 to what this one may grant.");
        return new(scheme, roles.Length == 0 ? Roles.All : roles.ToFrozenSet());
    }
}
