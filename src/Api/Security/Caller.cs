using System.Security.Claims;
using Replays.Grains;
using Replays.Grains.Identity;

namespace Replays.Api.Security;

/// <summary>Who calls, by their validated token.</summary>
public sealed class Caller
{
    private readonly ClaimsPrincipal _principal;

    private Caller(ClaimsPrincipal principal, string subject) => (_principal, Subject) = (principal, subject);

    public string Subject { get; }

    /// <summary>When the token ends.</summary>
    public DateTimeOffset? Expires =>
        long.TryParse(_principal.FindFirstValue(Tokens.ExpiryClaim), out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    public bool Has(string role) => _principal.IsInRole(role);

    public Actor As(string role) => new(Subject, role);

    public static ValueTask<Caller?> BindAsync(HttpContext http) => ValueTask.FromResult<Caller?>(Of(http));

    public static Caller Of(HttpContext http) => new(http.User, http.User.FindAll(Tokens.SubjectClaim).Single().Value);
}

/// <summary>A patient who calls for themselves: the patient's own endpoints know of no other way to say who.</summary>
public sealed record Reader(PatientId Patient)
{
    public Actor Actor => new(Patient.Value, Roles.Patient);

    public static ValueTask<Reader?> BindAsync(HttpContext http) => ValueTask.FromResult<Reader?>(Of(http));

    public static Reader Of(HttpContext http) => new(PatientId.Parse(Caller.Of(http).Subject));
}
