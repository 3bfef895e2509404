namespace Replays.Grains.Consultations;

/// <summary>Reports the status to the patient's ledger.</summary>
internal sealed record ReportStatus(ConsultationStatus Status) : Effect;

internal sealed record RegisterReminder : Effect;

internal sealed record UnregisterReminder : Effect;

/// <summary>Stops replays wherever they play, then withdraws them from the patient's list.</summary>
/// <param name="Recordings">The available recordings among them.</param>
internal sealed record WithdrawFromList(PendingWithdrawal Withdrawal, ImmutableArray<RecordingId> Recordings) : Effect;

/// <summary>All preceding withdrawals have reached the patient's list.</summary>
internal sealed record MarkWithdrawalsDone : Effect;

internal sealed record DeleteMedia(string ObjectKey) : Effect;
