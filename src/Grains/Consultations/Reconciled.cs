namespace Replays.Grains.Consultations;

/// <summary>
/// A state in which everything that the patient's ledger already holds is marked available. Rules that discard recordings accept nothing
/// else.
/// </summary>
internal readonly record struct Reconciled(ConsultationState State);
