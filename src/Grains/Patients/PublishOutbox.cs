namespace Replays.Grains.Patients;

/// <summary>Publishes the page's outbox to the audit trail.</summary>
internal sealed record PublishOutbox : Effect;
