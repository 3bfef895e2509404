namespace Replays.Api.Problems;

/// <summary>The stable code, the status and the title of an error (RFC 9457). The codes are part of the HTTP contract.</summary>
public sealed record ProblemKind(string Code, int Status, string Title)
{
    public static readonly ProblemKind Validation = new("validation", 400, "The request is invalid.");
    public static readonly ProblemKind Unauthenticated = new("unauthenticated", 401, "A valid access token is required.");
    public static readonly ProblemKind Forbidden = new("forbidden", 403, "You do not have permission to do this.");
    public static readonly ProblemKind SecondOfficerRequired = new("forbidden", 403, "A second privacy officer must approve this.");
    public static readonly ProblemKind AttestedConsentOff =
        new("attested-consent-off", 403, "This service does not accept attested consent.");
    public static readonly ProblemKind AccessReasonRequired =
        new("access-reason-required", 403, "Give the reason for access in the Access-Reason header.");
    public static readonly ProblemKind NotFound = new("not-found", 404, "The requested resource was not found.");
    public static readonly ProblemKind MethodNotAllowed =
        new("method-not-allowed", 405, "This resource does not support the request method.");
    public static readonly ProblemKind InvalidTransition = new("invalid-transition", 409, "The current status does not allow this.");
    public static readonly ProblemKind ConsentRequired =
        new("consent-required", 409, "The patient has not consented to recording in this mode.");
    public static readonly ProblemKind PresenceRequired = new("presence-required", 409, "The patient has not joined this consultation.");
    public static readonly ProblemKind ModeChanged = new("mode-changed", 409, "The consultation is in a different mode now.");
    public static readonly ProblemKind RecordingOpen = new("recording-open", 409, "Another recording is already open.");
    public static readonly ProblemKind LimitReached = new("limit-reached", 409, "The limit has been reached.");
    public static readonly ProblemKind LegalHold = new("legal-hold", 409, "A legal hold does not allow this.");
    public static readonly ProblemKind IncidentOpen = new("incident-open", 409, "An open incident does not allow this.");
    public static readonly ProblemKind UploadOffset =
        new("upload-offset", 409, "The offset does not match the number of bytes received so far.");
    public static readonly ProblemKind VersionConflict = new("changed", 412, "Someone else has changed this in the meantime.");
    public static readonly ProblemKind UploadVersion =
        new("upload-version", 412, "Only version 1.0.0 of the tus upload protocol is supported.");
    public static readonly ProblemKind TooLarge = new("limit-reached", 413, "The content exceeds the size limit.");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupported-media-type", 415, "This content type is not supported.");
    public static readonly ProblemKind Range = new("range", 416, "The requested range is outside the media.");
    public static readonly ProblemKind DigestMismatch =
        new("digest-mismatch", 422, "The uploaded media do not match the declared length or digest.");
    public static readonly ProblemKind MediaMismatch =
        new("media-mismatch", 422, "The media have no readable track, or a track that the recording's mode does not allow.");
    public static readonly ProblemKind IdempotencyKeyReused =
        new("idempotency-key-reused", 422, "This idempotency key was already used for a different request.");
    public static readonly ProblemKind UploadInProgress =
        new("upload-in-progress", 423, "The recording is being uploaded or sealed, or is already sealed.");
    public static readonly ProblemKind TooManyRequests = new("too-many-requests", 429, "Too many requests. Try again later.");
    public static readonly ProblemKind ChecksumMismatch = new("checksum-mismatch", 460, "The uploaded bytes do not match the checksum.");
    public static readonly ProblemKind Internal = new("internal", 500, "An unexpected error occurred.");
    public static readonly ProblemKind Unavailable = new("unavailable", 503, "The service is temporarily unavailable. Try again shortly.");
    public static readonly ProblemKind PlaybackSuspended = new("playback-suspended", 503, "Playback is currently suspended.");
    public static readonly ProblemKind StorageFull = new("unavailable", 507, "There is not enough storage space for the upload.");

    /// <summary>The kind for a status that the framework sets without a body.</summary>
    public static ProblemKind ForStatus(int status) => status switch
    {
        401 => Unauthenticated,
        403 => Forbidden,
        404 => NotFound,
        405 => MethodNotAllowed,
        413 => TooLarge,
        415 => UnsupportedMediaType,
        416 => Range,
        429 => TooManyRequests,
        503 => Unavailable,
        >= 400 and < 500 => Validation,
        _ => Internal,
    };
}
