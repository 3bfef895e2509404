namespace Replays.Grains;

/// <summary>Publishes the record's outbox to the audit trail.</summary>
internal sealed record PublishOutbox : Effect;
