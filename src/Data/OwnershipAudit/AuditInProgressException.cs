namespace Replays.Data.OwnershipAudit;

/// <summary>Another process audits now: one at a time.</summary>
internal sealed class AuditInProgressException() : Exception("Another ownership audit is under way.");
