namespace Replays.Grains.Patients;

/// <summary>The answer to a delivery, and the decision about the ledger entry.</summary>
internal sealed record DeliveryDecision(DeliveryResult Result, Decision<LedgerEntry?> Entry);
