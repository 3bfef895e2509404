using Replays.Grains.Exposure;
using Replays.Grains.Patients;

namespace Replays.Api.Replays;

/// <summary>The person who views replays. A privacy officer has an access reason.</summary>
public sealed record Viewer(Actor By, string? AccessReason)
{
    internal const string Header = "Access-Reason";
    internal const int MaxLength = 500;

    /// <summary>Limits a clinician to their own consultations; null for others.</summary>
    public string? ClinicianId => By.Role is Roles.Clinician ? By.Subject : null;

    public static Viewer Of(Actor patient) => new(patient, null);

    /// <summary>Checks the replay that was found, independently of the query.</summary>
    public bool MaySee(ListedReplay listed) => By.Role switch
    {
        Roles.Patient => listed.Replay.Name.Patient.Value == By.Subject,
        Roles.Clinician => listed.Booking.Clinician.Id == By.Subject,
        Roles.PrivacyOfficer => AccessReason is not null,
        _ => false,
    };

    /// <summary>The viewer as the exposure log records them. Entitlement depends on the recording's own name, not on the list.</summary>
    public Recipient ToRecipient(ListedReplay listed, PatientId list)
    {
        var owner = listed.Replay.Name.Patient;
        return By.Role switch
        {
            Roles.Patient => new(By, list, owner.Value == By.Subject),
            Roles.Clinician => new(By, list, owner == list && listed.Booking.Clinician.Id == By.Subject, listed.Booking.Clinician.Name),
            _ => new(By, list, AccessReason is not null, AccessReason ?? ""),
        };
    }

    /// <summary>Binds a clinician, or a privacy officer with a reason.</summary>
    public static ValueTask<Viewer?> BindAsync(HttpContext http)
    {
        var caller = CurrentUser.Of(http);
        var header = http.Request.Headers[Header];
        var reason = header is [{ Length: <= MaxLength } text] && !string.IsNullOrWhiteSpace(text) ? text : null;
        // A caller with both roles counts as a clinician unless they give a reason.
        if (!caller.Has(Roles.PrivacyOfficer) || reason is null && caller.Has(Roles.Clinician))
            return new(new Viewer(caller.As(Roles.Clinician), null));
        return reason is null
            ? throw new ProblemException(ProblemKind.AccessReasonRequired)
            : new(new Viewer(caller.As(Roles.PrivacyOfficer), reason));
    }
}
