using Replays.Api.Problems;
using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Api.Replays;

/// <summary>Who looks at replays, and why if they have to say so.</summary>
public sealed record Viewer(Actor By, string? AccessReason)
{
    internal const string Header = "Access-Reason";
    internal const int MaxLength = 500;

    /// <summary>A clinician sees only replays of own consultations; null: no such bound.</summary>
    public string? ClinicianId => By.Role is Roles.Clinician ? By.Subject : null;

    public static Viewer Of(CurrentPatient reader) => new(reader.Actor, null);

    public static Viewer Of(Actor patient) => new(patient, null);

    /// <summary>Whether this one may be shown to them: looked at once more when it has been found, whatever was asked for.</summary>
    public bool MaySee(ListedReplay listed) => By.Role switch
    {
        Roles.Patient => listed.Replay.Name.Patient.Value == By.Subject,
        Roles.Clinician => listed.Booking.Clinician.Id == By.Subject,
        Roles.PrivacyOfficer => AccessReason is not null,
        _ => false,
    };

    /// <summary>Who they are to the evidence, by the recording's own name, whoever's list it was found in.</summary>
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

    /// <summary>Staff: a clinician, or a privacy officer who says why.</summary>
    public static ValueTask<Viewer?> BindAsync(HttpContext http)
    {
        var caller = CurrentUser.Of(http);
        var sent = http.Request.Headers[Header];
        var reason = sent is [{ Length: <= MaxLength } text] && !string.IsNullOrWhiteSpace(text) ? text : null;
        // Who is both looks as the clinician that they are, unless they say why.
        if (caller.Has(Roles.PrivacyOfficer) && (reason is not null || !caller.Has(Roles.Clinician)))
        {
            return reason is not null
                ? ValueTask.FromResult<Viewer?>(new(caller.As(Roles.PrivacyOfficer), reason))
                : throw new ProblemException(ProblemKind.AccessReasonRequired);
        }

        return ValueTask.FromResult<Viewer?>(new(caller.As(Roles.Clinician), null));
    }
}
