using Replays.Data.Sql;

namespace Replays.Api.Security;

/// <summary>The claims to read from a token: section <c>Replays</c>.</summary>
public sealed class TokenOptions
{
    public const string Section = "Replays";

    /// <summary>Claims whose value can pass to another person, who would then see the previous owner's replays.</summary>
    private static readonly string[] ReassignableClaims = ["email", "upn", "preferred_username", "phone_number"];

    /// <summary>The claim that permanently identifies the person or service. Default <c>sub</c>.</summary>
    public string PatientClaim { get; set; } = "sub";

    /// <summary>The claim with the roles: a string or an array of strings. Default <c>role</c>.</summary>
    public string RoleClaim { get; set; } = "role";

    /// <exception cref="StartupException">A claim is empty or reassignable.</exception>
    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(PatientClaim) || string.IsNullOrWhiteSpace(RoleClaim))
            throw new StartupException($"Set {Section}:{nameof(PatientClaim)} and {Section}:{nameof(RoleClaim)}, or remove them.");
        if (ReassignableClaims.Contains(PatientClaim, StringComparer.OrdinalIgnoreCase))
        {
            throw new StartupException(
                $"{Section}:{nameof(PatientClaim)} is '{PatientClaim}', which can change hands. Set it to a permanent claim like 'sub'.");
        }
    }
}
