namespace Replays.Data.OwnershipAudit;

/// <summary>Another process audits now: one at a time.</summary>
internal sealed class AuditUnderWayException() : Exception("Another ownership audit is under way.");
