using Replays.Grains.AuditTrail;

namespace Replays.Api.Exposure;

/// <summary>An entry in a patient's access log.</summary>
public sealed record AccessView(DateTimeOffset At, ExposureClass What, string Replay, RecipientView Who)
{
    /// <returns>Null if the entry's content was erased or it is not about a replay.</returns>
    public static AccessView? Of(TrailItem item, PatientId own)
    {
        if (item.Entry is not { } entry || !RecordingId.TryParseName(entry.Subject, out var recording))
            return null;
        var what = entry.Kind is "access.opened" ? ExposureClass.Opened : ExposureClass.Listed;
        return new(entry.At, what, recording.ReplayId, RecipientView.Of(entry, own));
    }
}

/// <summary>A recipient as the patient may know them: never another patient's name or id.</summary>
/// <param name="Name">A clinician's name.</param>
public sealed record RecipientView(RecipientKind Kind, string? Name)
{
    public static RecipientView Of(AuditEntry entry, PatientId own) => entry.By.Role switch
    {
        Roles.Patient => new(entry.By.Subject == own.Value ? RecipientKind.You : RecipientKind.AnotherPerson, null),
        Roles.Clinician => new(RecipientKind.Clinician, entry.Detail),
        _ => new(RecipientKind.Staff, null),
    };
}

public enum RecipientKind
{
    You,

    /// <summary>Someone who acts for the patient.</summary>
    Delegate,
    Clinician,

    /// <summary>A privacy officer, who gave a reason.</summary>
    Staff,

    /// <summary>Another patient: an exposure that should not have happened.</summary>
    AnotherPerson,
}
