using Orleans.Concurrency;
using Replays.Grains.Consultations;

namespace Replays.Grains.Patients;

/// <summary>
/// A patient, keyed <c>patients/{patient}</c>: numbers the consultations and keeps the ledger and the list of replays. The patient in every
/// message is compared with the key before anything else. Commands are idempotent unless stated otherwise.
/// </summary>
[GrainInterfaceType("replays.patient-grain"), Alias("replays.patient-grain")]
public interface IPatientGrain : IGrainWithStringKey
{
    /// <summary>
    /// Books a consultation under the next number, in one durable write. Idempotent only with a key, of which the newest 256 are kept;
    /// fails with <see cref="ErrorCode.IdempotencyKeyReused"/> when the key was used with another body.
    /// </summary>
    [Alias("Book")]
    Task<Result<LedgerEntry>> Book(Booking booking, IdempotencyKey? key, Actor by, CancellationToken cancellation = default);

    /// <summary>Lists consultations, newest first. Reads at most four pages.</summary>
    [ReadOnly, Alias("ListConsultations")]
    Task<LedgerSlice> ListConsultations(int limit, LedgerCursor? after, CancellationToken cancellation = default);

    /// <summary>Lists replays that are not withdrawn, newest first. Reads at most four pages.</summary>
    [ReadOnly, Alias("ListReplays")]
    Task<ReplayPage> ListReplays(ReplayQuery query, CancellationToken cancellation = default);

    /// <returns>The replay; null when it is not in this patient's list.</returns>
    [ReadOnly, Alias("FindReplay")]
    Task<ListedReplay?> FindReplay(RecordingId recording, CancellationToken cancellation = default);

    /// <returns>
    /// The replay with its data key, unwrapped with this patient's key; null when it is not in the list or the key safeguard denies it.
    /// </returns>
    [ReadOnly, Alias("OpenReplay")]
    Task<ReplayMedia?> OpenReplay(RecordingId recording, CancellationToken cancellation = default);

    /// <returns>The sender's entry; null when the ledger has none or a safeguard denies it.</returns>
    [Alias("ReadEntry")]
    Task<LedgerEntry?> ReadEntry(LedgerQuery query, CancellationToken cancellation = default);

    /// <summary>Records a consultation's status, which never goes back.</summary>
    /// <returns>False: the ledger has no such consultation, or a safeguard denied the report.</returns>
    [Alias("ReportStatus")]
    Task<bool> ReportStatus(StatusReport report, CancellationToken cancellation = default);

    /// <returns>A recording's data key; null when a safeguard denies it.</returns>
    [Alias("GetDataKey")]
    Task<DataKey?> GetDataKey(DataKeyRequest request, CancellationToken cancellation = default);

    /// <summary>Accepts a replay into the list unless a safeguard denies it. The page write is the seal.</summary>
    [Alias("AcceptReplay")]
    Task<DeliveryResult> AcceptReplay(Delivery delivery, CancellationToken cancellation = default);

    /// <summary>Rejects deliveries that are under way, before their recordings are discarded.</summary>
    /// <returns>The entry with everything delivered before; null when there is none or a safeguard denies it.</returns>
    [Alias("RejectDeliveries")]
    Task<LedgerEntry?> RejectDeliveries(RejectDeliveries message, CancellationToken cancellation = default);

    /// <summary>Withdraws a consultation's replays.</summary>
    /// <returns>False: the ledger has no such consultation, or a safeguard denied the withdrawal.</returns>
    [Alias("WithdrawReplays")]
    Task<bool> WithdrawReplays(WithdrawReplays message, CancellationToken cancellation = default);

    /// <summary>Withdraws one replay permanently, by an incident's decision.</summary>
    [Alias("WithdrawReplay")]
    Task WithdrawReplay(RecordingId recording, string reason, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Destroys the data key of a withdrawn replay: its media become permanently unreadable. Fails with <see cref="ErrorCode.LegalHold"/>,
    /// or with <see cref="ErrorCode.InvalidTransition"/> when the replay is not withdrawn.
    /// </summary>
    [Alias("DestroyKey")]
    Task<ErrorCode> DestroyKey(RecordingId recording, Actor by, CancellationToken cancellation = default);

    [ReadOnly, Alias("HasLegalHold")]
    Task<bool> HasLegalHold(CancellationToken cancellation = default);

    /// <summary>
    /// Sets a legal hold for a reason, or lifts it when the reason is null. Fails with <see cref="ErrorCode.NotFound"/> during an erasure.
    /// </summary>
    [Alias("SetLegalHold")]
    Task<ErrorCode> SetLegalHold(string? reason, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Blocks everything of this patient and destroys their key before it returns; a worker erases the rest. Fails with
    /// <see cref="ErrorCode.LegalHold"/>, or with <see cref="ErrorCode.IncidentOpen"/> during an open incident.
    /// </summary>
    [Alias("BeginErasure")]
    Task<ErrorCode> BeginErasure(Actor by, CancellationToken cancellation = default);

    /// <summary>Destroys the key, in case a crash prevented it.</summary>
    /// <returns>False: no erasure is in progress.</returns>
    [Alias("ResumeErasure")]
    Task<bool> ResumeErasure(CancellationToken cancellation = default);

    /// <summary>Erases the ledger, after everything else. A tombstone stays.</summary>
    [Alias("CompleteErasure")]
    Task CompleteErasure(CancellationToken cancellation = default);
}
