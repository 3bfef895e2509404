namespace Replays.Grains;

/// <summary>Why a grain did not do what it was asked: an expected outcome, not an error. Nothing was changed.</summary>
[GenerateSerializer, Alias("replays.error-code")]
public enum ErrorCode
{
    None = 0,

    /// <summary>There is no such thing, or it is not this caller's: the two look the same.</summary>
    NotFound = 1,

    /// <summary>The call does not fit the status.</summary>
    InvalidTransition = 2,

    ConsentRequired = 3,

    PresenceRequired = 4,

    /// <summary>The mode asked for is no longer the consultation's mode.</summary>
    ModeChanged = 5,

    /// <summary>A recording is open already.</summary>
    RecordingOpen = 6,

    DigestMismatch = 7,

    MediaMismatch = 8,

    /// <summary>As many as there may be are there: 32 recordings, 256 mode switches.</summary>
    LimitReached = 9,

    /// <summary>The same idempotency key came with another body.</summary>
    IdempotencyKeyReused = 10,

    /// <summary>The content type does not fit the mode: a video type while in mode audio.</summary>
    UnsupportedContentType = 11,

    /// <summary>Somebody else uploads to this recording, or it is being sealed.</summary>
    UploadInProgress = 12,

    /// <summary>The recording's bytes are frozen for good: it is available.</summary>
    Sealed = 13,

    /// <summary>One of the locks refused: a defect, or a wrong name at the source.</summary>
    RejectedBySafeguard = 14,

    /// <summary>This deployment takes no attested consent.</summary>
    AttestedConsentOff = 15,

    /// <summary>On legal hold.</summary>
    LegalHold = 16,

    /// <summary>Somebody in an open incident.</summary>
    IncidentOpen = 17,

    /// <summary>Who decided may not be who approves.</summary>
    SecondOfficerRequired = 18,

    /// <summary>Somebody else changed it meanwhile.</summary>
    VersionConflict = 19,
}
