using System.Security.Claims;
using Replays.Grains;
using Replays.Grains.Identity;

namespace Replays.Api.Security;

/// <summary>Who calls, by their validated token.</summary>
public sealed class CurrentUser
{
    private readonly ClaimsPrincipal _principal;

    private CurrentUser(ClaimsPrincipal principal, string subject) => (_principal, Subject) = (principal, subject);

    public string Subject { get; }

    /// <summary>When the token ends.</summary>
    public DateTimeOffset? Expires =>
        long.TryParse(_principal.FindFirstValue(TokenAuthentication.ExpiryClaim), out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    public bool Has(string role) => _principal.IsInRole(role);

    public Actor As(string role) => new(Subject, role);

    public static ValueTask<CurrentUser?> BindAsync(HttpContext http) => ValueTask.FromResult<CurrentUser?>(Of(http));

    public static CurrentUser Of(HttpContext http) => new(http.User, http.User.FindAll(TokenAuthentication.SubjectClaim).Single().Value);
}

/// <summary>A patient who calls for themselves: the patient's own endpoints know of no other way to say who.</summary>
public sealed record CurrentPatient(PatientId Patient)
{
    public Actor Actor => new(Patient.Value, Roles.Patient);

    public static ValueTask<CurrentPatient?> BindAsync(HttpContext http) => ValueTask.FromResult<CurrentPatient?>(Of(http));

    public static CurrentPatient Of(HttpContext http) => new(PatientId.Parse(CurrentUser.Of(http).Subject));
}
