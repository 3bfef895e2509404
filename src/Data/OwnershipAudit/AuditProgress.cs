namespace Replays.Data.OwnershipAudit;

/// <summary>How far an audit is.</summary>
/// <param name="Replays">Replays compared so far.</param>
/// <param name="Pages">Pages of ledgers seen so far.</param>
/// <param name="Of">How many pages there are.</param>
public readonly record struct AuditProgress(long Replays, long Pages, long Of);
