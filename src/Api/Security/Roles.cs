using System.Collections.Frozen;
using Microsoft.AspNetCore.Authorization;

namespace Replays.Api.Security;

public static class Roles
{
    public const string Patient = "patient";
    public const string Clinician = "clinician";

    /// <summary>The app's backend.</summary>
    public const string Scheduler = "scheduler";

    /// <summary>The media pipeline.</summary>
    public const string Recorder = "recorder";

    public const string PrivacyOfficer = "privacy-officer";
    public const string Operator = "operator";

    public static readonly FrozenSet<string> All =
        FrozenSet.ToFrozenSet([Patient, Clinician, Scheduler, Recorder, PrivacyOfficer, Operator]);

    /// <summary>Requires a usable subject and at least one of these roles.</summary>
    public static TBuilder RequireRoles<TBuilder>(this TBuilder endpoints, params string[] roles)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(new AuthorizeAttribute(TokenAuthentication.SubjectPolicy) { Roles = string.Join(',', roles) });
}
