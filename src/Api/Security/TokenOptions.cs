using Replays.Data.Sql;

namespace Replays.Api.Security;

/// <summary>Which claims of a token are read: section <c>Replays</c>.</summary>
public sealed class TokenOptions
{
    public const string Section = "Replays";

    /// <summary>Claims whose value can pass from one person to another: whoever has the address next would have the replays.</summary>
    private static readonly string[] ChangingHands = ["email", "upn", "preferred_username", "phone_number"];

    /// <summary>The claim that names the person or service, for good. Default <c>sub</c>.</summary>
    public string PatientClaim { get; set; } = "sub";

    /// <summary>The claim with the roles: a string or an array of strings. Default <c>role</c>.</summary>
    public string RoleClaim { get; set; } = "role";

    /// <exception cref="StartupException">A claim cannot be used.</exception>
    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(PatientClaim) || string.IsNullOrWhiteSpace(RoleClaim))
            throw new StartupException($"{Section}:{nameof(PatientClaim)} and {Section}:{nameof(RoleClaim)} must not be empty.");
        if (ChangingHands.Contains(PatientClaim, StringComparer.OrdinalIgnoreCase))
        {
            throw new StartupException(
                $"{Section}:{nameof(PatientClaim)} is '{PatientClaim}', which can change hands. Set it to a claim that stays with the person, such as 'sub'.");
        }
    }
}
