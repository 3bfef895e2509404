using Orleans.Concurrency;

namespace Replays.Grains.Consultations;

/// <summary>
/// One consultation. Its participant is part of its own key, <c>patients/{patient}/consultations/{number}</c>: it can address no other
/// patient, and nothing passes one in. Ordinals in its methods are those of its own recordings.
/// </summary>
[GrainInterfaceType("replays.consultation-grain"), Alias("replays.consultation-grain")]
public interface IConsultationGrain : IGrainWithStringKey
{
    /// <returns>The snapshot; null when the patient's ledger has no such consultation.</returns>
    [ReadOnly, Alias("Get")]
    Task<Consultation?> Get(CancellationToken cancellation = default);

    /// <summary>Begins the call. Repeated in the same mode: unchanged; in another: <see cref="ErrorCode.InvalidTransition"/>.</summary>
    [Alias("Start")]
    Task<Result<Consultation>> Start(ConsultationMode mode, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Changes the mode of a call in progress and closes the recording under way, which may finish uploading. The participant cannot
    /// change: there is nothing to look up and nothing to pass.
    /// </summary>
    [Alias("SwitchMode")]
    Task<Result<Consultation>> SwitchMode(ConsultationMode mode, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// The patient's own consent to record in a mode, or its withdrawal. Granted from booking to end, withdrawn at any time; given while
    /// in progress it counts as joining.
    /// </summary>
    [Alias("SetConsent")]
    Task<Result<Consultation>> SetConsent(ConsultationMode mode, bool granted, Actor by, CancellationToken cancellation = default);

    /// <summary>Consent that was spoken and that the app's backend attests, where the deployment allows it. Never counts as joining.</summary>
    [Alias("AttestConsent")]
    Task<Result<Consultation>> AttestConsent(
        ConsultationMode mode, bool granted, string attestedBy, Actor by, CancellationToken cancellation = default);

    /// <summary>The patient is in the call, by their own token, on one more device.</summary>
    /// <returns>The presence secret for that device.</returns>
    [Alias("Join")]
    Task<Result<string>> Join(Actor by, CancellationToken cancellation = default);

    /// <summary>Ends the call. With <paramref name="wrongPatient"/> everything recorded is discarded or withdrawn and an incident opens.</summary>
    [Alias("End")]
    Task<Result<Consultation>> End(bool wrongPatient, Actor by, CancellationToken cancellation = default);

    [Alias("Cancel")]
    Task<Result<Consultation>> Cancel(Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Opens a recording in the present mode. Its intent is durable, and its reminder armed, before any media flow. The open one is told
    /// by <see cref="Get"/> when the answer is <see cref="ErrorCode.RecordingOpen"/>.
    /// </summary>
    [Alias("OpenRecording")]
    Task<Result<Recording>> OpenRecording(OpenRecordingRequest wish, Actor by, CancellationToken cancellation = default);

    /// <summary>No more media will be captured. Repeated: unchanged.</summary>
    [Alias("CloseRecording")]
    Task<Result<Recording>> CloseRecording(int ordinal, Actor by, CancellationToken cancellation = default);

    /// <summary>Gives a recording up. Its bytes go when the consultation settles, not before.</summary>
    [Alias("DiscardRecording")]
    Task<Result<Recording>> DiscardRecording(int ordinal, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Leave to upload to, or to drop what was uploaded to, a recording that is not sealed yet. A wrong token:
    /// <see cref="ErrorCode.NotFound"/>; held by another: <see cref="ErrorCode.UploadInProgress"/>.
    /// </summary>
    [Alias("AcquireUploadLease")]
    Task<Result<MediaLease>> AcquireUploadLease(int ordinal, string uploadToken, CancellationToken cancellation = default);

    /// <summary>What it takes to see how much of a recording has arrived. It is no leave to write, and keeps nobody out.</summary>
    [ReadOnly, Alias("GetUploadInfo")]
    Task<Result<MediaLease>> GetUploadInfo(int ordinal, CancellationToken cancellation = default);

    /// <summary>Leave to verify and deliver: uploads are refused while it is held. Available already: <see cref="ErrorCode.Sealed"/>.</summary>
    [Alias("AcquireSealLease")]
    Task<Result<MediaLease>> AcquireSealLease(int ordinal, CancellationToken cancellation = default);

    /// <summary>Prolongs a grant. False: it is lost, and its holder must stop.</summary>
    [Alias("RenewLease")]
    Task<bool> RenewLease(int ordinal, Guid grant, CancellationToken cancellation = default);

    /// <summary>
    /// The holder of a grant learned how long the whole will be (tus: deferred length). Known already: unchanged when it is the same,
    /// <see cref="ErrorCode.InvalidTransition"/> when it is another. The grant lost: <see cref="ErrorCode.UploadInProgress"/>.
    /// </summary>
    [Alias("DeclareLength")]
    Task<Result<Recording>> DeclareLength(int ordinal, Guid grant, long length, CancellationToken cancellation = default);

    /// <summary>Gives a grant back.</summary>
    [Alias("ReleaseLease")]
    Task ReleaseLease(int ordinal, Guid grant);

    /// <summary>
    /// Delivers verified media to the participant: consent, presence and status are checked once more, then the patient's page write is
    /// the seal. Repeated with the same digest: unchanged; with another: <see cref="ErrorCode.DigestMismatch"/>.
    /// </summary>
    [Alias("Deliver")]
    Task<Result<Recording>> Deliver(int ordinal, Guid grant, VerifiedMedia media, Actor by, CancellationToken cancellation = default);

    /// <summary>Forgets a sealed recording's data key, by an incident's decision. Not there, or repeated: unchanged.</summary>
    [Alias("DropDataKey")]
    Task DropDataKey(int ordinal, CancellationToken cancellation = default);

    /// <summary>Erases the record, its media and its reminder. Not there, or repeated: unchanged.</summary>
    [Alias("Erase")]
    Task Erase(CancellationToken cancellation = default);
}
