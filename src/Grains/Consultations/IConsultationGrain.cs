using Orleans.Concurrency;

namespace Replays.Grains.Consultations;

/// <summary>
/// One consultation, keyed <c>patients/{patient}/consultations/{number}</c>. The patient is part of the key: the grain can address no
/// other, and no method takes one. Ordinals are those of its own recordings. Commands are idempotent unless stated otherwise.
/// </summary>
[GrainInterfaceType("replays.consultation-grain"), Alias("replays.consultation-grain")]
public interface IConsultationGrain : IGrainWithStringKey
{
    /// <returns>A snapshot; null when the patient's ledger has no such consultation.</returns>
    [ReadOnly, Alias("Get")]
    Task<Consultation?> Get(CancellationToken cancellation = default);

    /// <summary>Starts the call. Fails with <see cref="ErrorCode.InvalidTransition"/> when it was started in another mode.</summary>
    [Alias("Start")]
    Task<Result<Consultation>> Start(ConsultationMode mode, Actor by, CancellationToken cancellation = default);

    /// <summary>Switches the mode of a call and closes the open recording, whose upload may finish. The patient cannot change.</summary>
    [Alias("SwitchMode")]
    Task<Result<Consultation>> SwitchMode(ConsultationMode mode, Actor by, CancellationToken cancellation = default);

    /// <summary>Grants (booking to end) or withdraws (any time) the patient's consent. Granting in the call counts as joining.</summary>
    [Alias("SetConsent")]
    Task<Result<Consultation>> SetConsent(ConsultationMode mode, bool granted, Actor by, CancellationToken cancellation = default);

    /// <summary>Records spoken consent that the app's backend attests, where the deployment allows it. Never counts as joining.</summary>
    [Alias("AttestConsent")]
    Task<Result<Consultation>> AttestConsent(
        ConsultationMode mode, bool granted, string attestedBy, Actor by, CancellationToken cancellation = default);

    /// <summary>The patient joins the call with their own token. Not idempotent: every device gets a secret of its own.</summary>
    /// <returns>The presence secret of the device.</returns>
    [Alias("Join")]
    Task<Result<string>> Join(Actor by, CancellationToken cancellation = default);

    /// <summary>Ends the call. With <paramref name="wrongPatient"/>, everything is discarded or withdrawn; an incident opens.</summary>
    [Alias("End")]
    Task<Result<Consultation>> End(bool wrongPatient, Actor by, CancellationToken cancellation = default);

    [Alias("Cancel")]
    Task<Result<Consultation>> Cancel(Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Opens a recording in the current mode. The intent is durable and the reminder registered before any media are accepted. Fails with
    /// <see cref="ErrorCode.RecordingOpen"/> while another is open. Idempotent only with an idempotency key.
    /// </summary>
    [Alias("OpenRecording")]
    Task<Result<Recording>> OpenRecording(OpenRecordingRequest request, Actor by, CancellationToken cancellation = default);

    /// <summary>Declares that no more media will be captured.</summary>
    [Alias("CloseRecording")]
    Task<Result<Recording>> CloseRecording(int ordinal, Actor by, CancellationToken cancellation = default);

    /// <summary>Discards a recording. Its media are deleted when the consultation settles, not before.</summary>
    [Alias("DiscardRecording")]
    Task<Result<Recording>> DiscardRecording(int ordinal, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Acquires the right to upload to an unsealed recording, or to delete what was uploaded. Fails with <see cref="ErrorCode.NotFound"/>
    /// for a wrong token, with <see cref="ErrorCode.UploadInProgress"/> while any lease is held.
    /// </summary>
    [Alias("AcquireUploadLease")]
    Task<Result<MediaLease>> AcquireUploadLease(int ordinal, string uploadToken, CancellationToken cancellation = default);

    /// <summary>Returns what is needed to read an upload's progress. It gives no right to write and blocks nobody.</summary>
    [ReadOnly, Alias("GetUploadInfo")]
    Task<Result<MediaLease>> GetUploadInfo(int ordinal, CancellationToken cancellation = default);

    /// <summary>
    /// Acquires the right to verify and deliver; uploads are rejected meanwhile. Fails with <see cref="ErrorCode.Sealed"/> when the
    /// recording is available, with <see cref="ErrorCode.UploadInProgress"/> while any lease is held.
    /// </summary>
    [Alias("AcquireSealLease")]
    Task<Result<MediaLease>> AcquireSealLease(int ordinal, CancellationToken cancellation = default);

    /// <returns>False: the lease is lost, and its holder must stop.</returns>
    [Alias("RenewLease")]
    Task<bool> RenewLease(int ordinal, Guid lease, CancellationToken cancellation = default);

    /// <summary>
    /// Declares a deferred length (tus). Fails with <see cref="ErrorCode.InvalidTransition"/> when another length is known, with
    /// <see cref="ErrorCode.UploadInProgress"/> when the lease is lost.
    /// </summary>
    [Alias("DeclareLength")]
    Task<Result<Recording>> DeclareLength(int ordinal, Guid lease, long length, CancellationToken cancellation = default);

    [Alias("ReleaseLease")]
    Task ReleaseLease(int ordinal, Guid lease);

    /// <summary>
    /// Delivers verified media to the patient: consent, presence and status are checked once more, then the patient's page write is the
    /// seal. Fails with <see cref="ErrorCode.DigestMismatch"/> when other media were delivered before.
    /// </summary>
    [Alias("Deliver")]
    Task<Result<Recording>> Deliver(int ordinal, Guid lease, VerifiedMedia media, Actor by, CancellationToken cancellation = default);

    /// <summary>Drops the data key of a sealed recording, by an incident's decision.</summary>
    [Alias("DropDataKey")]
    Task DropDataKey(int ordinal, CancellationToken cancellation = default);

    /// <summary>Erases the record, its media and its reminder.</summary>
    [Alias("Erase")]
    Task Erase(CancellationToken cancellation = default);
}
