namespace Replays.Grains.Incidents;

/// <summary>The officer's assessment of an incident.</summary>
[GenerateSerializer, Alias("replays.incident-kind")]
public enum IncidentKind
{
    /// <summary>Denied by a safeguard: nothing was shown to anybody. No deadline.</summary>
    NearMiss = 0,
    Suspected = 1,

    /// <summary>A personal data breach (GDPR Art. 4(12)).</summary>
    Breach = 2,
    FalseAlarm = 3,
}
