namespace Replays.Api.Problems;

/// <summary>A kind of error: a stable code, its status and its title (RFC 9457). The codes are contract.</summary>
public sealed record ProblemKind(string Code, int Status, string Title)
{
    public static readonly ProblemKind Validation = new("validation", 400, "The request is not valid.");
    public static readonly ProblemKind Unauthenticated = new("unauthenticated", 401, "A valid token is required.");
    public static readonly ProblemKind Forbidden = new("forbidden", 403, "This token does not allow that.");
    public static readonly ProblemKind AttestedConsentOff = new("attested-consent-off", 403, "Attested consent is not accepted here.");
    public static readonly ProblemKind AccessReasonRequired = new("access-reason-required", 403, "Say why: Access-Reason is required.");
    public static readonly ProblemKind NotFound = new("not-found", 404, "There is no such thing.");
    public static readonly ProblemKind MethodNotAllowed = new("method-not-allowed", 405, "This method is not allowed here.");
    public static readonly ProblemKind InvalidTransition = new("invalid-transition", 409, "This does not fit the present status.");
    public static readonly ProblemKind ConsentRequired = new("consent-required", 409, "The patient has not consented to be recorded in this mode.");
    public static readonly ProblemKind PresenceRequired = new("presence-required", 409, "The patient has not joined this consultation.");
    public static readonly ProblemKind ModeChanged = new("mode-changed", 409, "The consultation is in another mode.");
    public static readonly ProblemKind RecordingOpen = new("recording-open", 409, "A recording is open already.");
    public static readonly ProblemKind LimitReached = new("limit-reached", 409, "The limit is reached.");
    public static readonly ProblemKind TooLarge = new("limit-reached", 413, "This is larger than allowed.");
    public static readonly ProblemKind LegalHold = new("legal-hold", 409, "This is on legal hold.");
    public static readonly ProblemKind IncidentOpen = new("incident-open", 409, "There is an open incident.");
    public static readonly ProblemKind UploadOffset = new("upload-offset", 409, "The upload is at another offset.");
    public static readonly ProblemKind SecondOfficerRequired = new("forbidden", 403, "Who decided this may not approve it: a second officer must.");
    public static readonly ProblemKind Changed = new("changed", 412, "Somebody else changed this meanwhile.");
    public static readonly ProblemKind UploadVersion = new("upload-version", 412, "This version of the upload protocol is not spoken here.");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupported-media-type", 415, "This content type is not accepted here.");
    public static readonly ProblemKind Range = new("range", 416, "The range lies outside the media.");
    public static readonly ProblemKind DigestMismatch = new("digest-mismatch", 422, "Length or digest differ from what was uploaded.");
    public static readonly ProblemKind MediaMismatch = new("media-mismatch", 422, "The media do not hold what the recording may and must hold.");
    public static readonly ProblemKind IdempotencyKeyReused =
        new("idempotency-key-reused", 422, "The idempotency key was used with another request.");
    public static readonly ProblemKind UploadInProgress = new("upload-in-progress", 423, "The recording's media are in use, or sealed.");
    public static readonly ProblemKind TooManyRequests = new("too-many-requests", 429, "Too many requests.");
    public static readonly ProblemKind ChecksumMismatch = new("checksum-mismatch", 460, "The bytes are not what the checksum says.");
    public static readonly ProblemKind Internal = new("internal", 500, "Something is wrong here.");
    public static readonly ProblemKind Unavailable = new("unavailable", 503, "The service cannot answer at present.");
    public static readonly ProblemKind PlaybackSuspended = new("playback-suspended", 503, "Playback is suspended.");
    public static readonly ProblemKind StorageFull = new("unavailable", 507, "No room is left to store this.");

    /// <summary>The kind behind a status that the framework answered by itself.</summary>
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
