using System.Security.Claims;

namespace Replays.Api.Security;

/// <summary>The caller, as identified by the validated token.</summary>
public sealed class CurrentUser
{
    private readonly ClaimsPrincipal _principal;

    private CurrentUser(ClaimsPrincipal principal, string subject) => (_principal, Subject) = (principal, subject);

    public string Subject { get; }

    public bool Has(string role) => _principal.IsInRole(role);

    public Actor As(string role) => new(Subject, role);

    public static ValueTask<CurrentUser?> BindAsync(HttpContext http) => new(Of(http));

    public static CurrentUser Of(HttpContext http) => new(http.User, http.User.FindAll(TokenAuthentication.SubjectClaim).Single().Value);
}

/// <summary>The patient who calls. The patient's own endpoints have no other source for the patient id.</summary>
public sealed record CurrentPatient(PatientId Patient)
{
    public Actor Actor => new(Patient.Value, Roles.Patient);

    public static ValueTask<CurrentPatient?> BindAsync(HttpContext http) => new(Of(http));

    public static CurrentPatient Of(HttpContext http) => new(PatientId.Parse(CurrentUser.Of(http).Subject));
}
