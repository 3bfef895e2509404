using Replays.Api.Security;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;

namespace Replays.Api.Exposure;

/// <summary>Somebody was shown one of my replays.</summary>
/// <param name="At">When.</param>
/// <param name="What">How.</param>
/// <param name="Replay">Which: <c>{number}-{ordinal}</c>.</param>
/// <param name="Who">Who.</param>
public sealed record AccessView(DateTimeOffset At, ExposureClass What, string Replay, RecipientView Who)
{
    /// <returns>Null: what the entry said was erased, or it is about no replay.</returns>
    public static AccessView? Of(TrailItem item, PatientId own) =>
        item.Entry is { } entry && RecordingId.TryParseName(entry.Subject, out var recording)
            ? new(entry.At, entry.Kind is "access.opened" ? ExposureClass.Opened : ExposureClass.Listed, recording.ReplayId, RecipientView.Of(entry, own))
            : null;
}

/// <summary>Who was shown a replay, as its patient may know it: of another patient, neither name nor id.</summary>
/// <param name="Kind">In which relation to the patient.</param>
/// <param name="Name">A clinician's.</param>
public sealed record RecipientView(RecipientKind Kind, string? Name)
{
    public static RecipientView Of(AuditEntry entry, PatientId own) => entry.By.Role switch
    {
        Roles.Patient => new(entry.By.Subject == own.Value ? RecipientKind.You : RecipientKind.AnotherPerson, null),
        Roles.Clinician => new(RecipientKind.Clinician, entry.Detail),
        _ => new(RecipientKind.Staff, null),
    };
}

/// <summary>Who somebody is to a patient.</summary>
public enum RecipientKind
{
    You,

    /// <summary>Who acts for the patient.</summary>
    Delegate,

    Clinician,

    /// <summary>A privacy officer, who gave a reason.</summary>
    Staff,

    /// <summary>Nobody who should have been.</summary>
    AnotherPerson,
}
