namespace Replays.Grains.Incidents;

/// <summary>Kinds of incident steps and of their audit entries.</summary>
public static class IncidentStepKinds
{
    public const string Reported = "replay.reported";
    public const string DeliveryRejected = "delivery.refused";
    public const string Opened = "incident.opened";
    public const string Reopened = "incident.reopened";
    public const string Amended = "incident.amended";
    public const string Added = "replay.quarantined";
    public const string Restored = "replay.restored";
    public const string Withdrawn = "replay.withdrawn";
    public const string KeysDestroyed = "replay.key-destroyed";
}
