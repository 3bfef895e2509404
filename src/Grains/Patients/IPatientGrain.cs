using Orleans.Concurrency;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;

namespace Replays.Grains.Patients;

/// <summary>
/// A patient: numbers the consultations, keeps the ledger and the list of replays. Its name, <c>patients/{patient}</c>, is compared with
/// the name in every message before anything else is looked at.
/// </summary>
[GrainInterfaceType("replays.patient-grain"), Alias("replays.patient-grain")]
public interface IPatientGrain : IGrainWithStringKey
{
    /// <summary>
    /// Books a consultation under the next number: one durable write. The same key and body again: the same consultation; another body:
    /// <see cref="ErrorCode.IdempotencyKeyReused"/>. The 257th key drops the oldest.
    /// </summary>
    [Alias("Book")]
    Task<Result<LedgerEntry>> Book(Booking booking, IdempotencyKey? key, Actor by, CancellationToken cancellation = default);

    /// <summary>The consultations, newest first; reads at most four pages.</summary>
    [ReadOnly, Alias("ListConsultations")]
    Task<LedgerSlice> ListConsultations(int limit, LedgerCursor? after, CancellationToken cancellation = default);

    /// <summary>The replays that are in the list, newest first; reads at most four pages.</summary>
    [ReadOnly, Alias("ListReplays")]
    Task<ReplayPage> ListReplays(ReplayQuery query, CancellationToken cancellation = default);

    /// <returns>The replay; null when it is not in this patient's list.</returns>
    [ReadOnly, Alias("FindReplay")]
    Task<ListedReplay?> FindReplay(RecordingId recording, CancellationToken cancellation = default);

    /// <returns>The replay with its data key, unwrapped by this patient's own key; null when not in the list or the key lock refuses.</returns>
    [ReadOnly, Alias("OpenReplay")]
    Task<ReplayMedia?> OpenReplay(RecordingId recording, CancellationToken cancellation = default);

    /// <summary>What a consultation's entry holds; null when the ledger has none, or the caller is not that consultation.</summary>
    [Alias("ReadEntry")]
    Task<LedgerEntry?> ReadEntry(LedgerQuery query, CancellationToken cancellation = default);

    /// <summary>Takes note of a consultation's status; never goes back.</summary>
    [Alias("ReportStatus")]
    Task<bool> ReportStatus(StatusReport note, CancellationToken cancellation = default);

    /// <summary>A recording's data key under this patient's own key; null when a lock refuses.</summary>
    [Alias("GetDataKey")]
    Task<DataKey?> GetDataKey(DataKeyRequest request, CancellationToken cancellation = default);

    /// <summary>Takes a replay into the list, if every lock lets it: the page write is the seal.</summary>
    [Alias("AcceptReplay")]
    Task<DeliveryResult> AcceptReplay(Delivery delivery, CancellationToken cancellation = default);

    /// <summary>Withdraws a consultation's replays. Repeated: unchanged.</summary>
    [Alias("WithdrawReplays")]
    Task<bool> WithdrawReplays(WithdrawReplays message, CancellationToken cancellation = default);

    /// <summary>Takes one replay out of the list for good, by an incident's decision. Not there, or repeated: unchanged.</summary>
    [Alias("WithdrawReplay")]
    Task WithdrawReplay(RecordingId recording, string reason, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Destroys a withdrawn replay's data key: its media are unreadable for good. On hold: <see cref="ErrorCode.LegalHold"/>; in the list:
    /// <see cref="ErrorCode.InvalidTransition"/>; not there, or repeated: <see cref="ErrorCode.None"/>.
    /// </summary>
    [Alias("DestroyKey")]
    Task<ErrorCode> DestroyKey(RecordingId recording, Actor by, CancellationToken cancellation = default);

    /// <returns>Whether a legal hold is set.</returns>
    [ReadOnly, Alias("HasLegalHold")]
    Task<bool> HasLegalHold(CancellationToken cancellation = default);

    /// <summary>Sets a legal hold for a reason, or lifts it with none. Repeated: unchanged; being erased: <see cref="ErrorCode.NotFound"/>.</summary>
    [Alias("SetLegalHold")]
    Task<ErrorCode> SetLegalHold(string? reason, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Everything of this patient's is out of reach and their key is destroyed when this returns; the rest is erased soon after. On hold:
    /// <see cref="ErrorCode.LegalHold"/>; somebody in an open incident: <see cref="ErrorCode.IncidentOpen"/>. Repeated: unchanged.
    /// </summary>
    [Alias("BeginErasure")]
    Task<ErrorCode> BeginErasure(Actor by, CancellationToken cancellation = default);

    /// <summary>Destroys the key, if that was left undone.</summary>
    /// <returns>False: nothing is being erased, or no longer.</returns>
    [Alias("ResumeErasure")]
    Task<bool> ResumeErasure(CancellationToken cancellation = default);

    /// <summary>Erases the ledger, when all else has been; a tombstone stays. Not being erased, or repeated: unchanged.</summary>
    [Alias("CompleteErasure")]
    Task CompleteErasure(CancellationToken cancellation = default);
}
