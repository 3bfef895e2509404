namespace Replays.Grains.Consultations;

/// <summary>A state in which all that the patient's ledger holds is marked available. Rules that discard accept nothing else.</summary>
internal readonly record struct Reconciled(ConsultationState State);
