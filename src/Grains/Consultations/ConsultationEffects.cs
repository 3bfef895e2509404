using System.Collections.Immutable;
using Replays.Grains.Identity;

namespace Replays.Grains.Consultations;

/// <summary>The patient's ledger learns the status.</summary>
internal sealed record ReportStatus(ConsultationStatus Status) : Effect;

internal sealed record RegisterReminder : Effect;

internal sealed record UnregisterReminder : Effect;

/// <summary>Replays are stopped wherever they play, then withdrawn from the patient's list.</summary>
/// <param name="Withdrawal">Which, why and by whom.</param>
/// <param name="Recordings">The available recordings among them.</param>
internal sealed record WithdrawFromList(PendingWithdrawal Withdrawal, ImmutableArray<RecordingId> Recordings) : Effect;

/// <summary>All withdrawals before this one reached the patient's list.</summary>
internal sealed record ConfirmWithdrawals : Effect;

internal sealed record DeleteMedia(string ObjectKey) : Effect;

/// <summary>A state compared with the patient's ledger: what is sealed there is marked available. What discards takes nothing else.</summary>
internal readonly record struct Reconciled(ConsultationState State);

/// <summary>What was made for a new recording: an unguessable token, an object key, a wrapped data key.</summary>
internal sealed record CreatedMedia(string UploadToken, string ObjectKey, byte[] WrappedKey);
