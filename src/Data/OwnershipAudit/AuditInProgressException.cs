namespace Replays.Data.OwnershipAudit;

internal sealed class AuditInProgressException() : Exception("Another ownership audit is in progress.");
