namespace Replays.Grains;

/// <summary>Something that has to happen outside the state, as data. Each domain has its own effects.</summary>
internal abstract record Effect;

/// <summary>Publishes the record's outbox to the audit trail.</summary>
internal sealed record PublishOutbox : Effect;
