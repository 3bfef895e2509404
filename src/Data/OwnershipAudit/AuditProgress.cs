namespace Replays.Data.OwnershipAudit;

/// <summary>The progress of an ownership audit.</summary>
/// <param name="Pages">Ledger pages read so far.</param>
/// <param name="Of">Number of all ledger pages.</param>
public readonly record struct AuditProgress(long Replays, long Pages, long Of);
