namespace Replays.Grains;

/// <summary>Why a grain rejected a command. An expected outcome, not an exception: nothing was changed.</summary>
[GenerateSerializer, Alias("replays.error-code")]
public enum ErrorCode
{
    None = 0,

    /// <summary>It does not exist, or belongs to another patient: the caller cannot tell the two apart.</summary>
    NotFound = 1,

    InvalidTransition = 2,
    ConsentRequired = 3,
    PresenceRequired = 4,

    /// <summary>The consultation has left the requested mode.</summary>
    ModeChanged = 5,
    RecordingOpen = 6,
    DigestMismatch = 7,
    MediaMismatch = 8,

    /// <summary>A limit is reached: 32 recordings or 256 mode switches per consultation, 1,000 steps per incident.</summary>
    LimitReached = 9,

    /// <summary>The idempotency key was used with another request body.</summary>
    IdempotencyKeyReused = 10,

    /// <summary>The content type does not match the mode: video in audio mode.</summary>
    UnsupportedContentType = 11,

    /// <summary>Another upload to the recording, or its sealing, is in progress.</summary>
    UploadInProgress = 12,

    /// <summary>The recording is sealed: its media no longer change.</summary>
    Sealed = 13,

    /// <summary>A safeguard denied the command: a defect, or a wrong name at the source.</summary>
    RejectedBySafeguard = 14,
    AttestedConsentOff = 15,
    LegalHold = 16,
    IncidentOpen = 17,

    /// <summary>The officer who decided may not approve.</summary>
    SecondOfficerRequired = 18,
    VersionConflict = 19,
}
