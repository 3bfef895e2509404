using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replays.Api.Problems;

/// <summary>An error response: RFC 9457 problem details with a stable code.</summary>
public sealed class Problem(ProblemKind kind) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    private const string RetryAfterSeconds = "2";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static Problem NotFound => new(ProblemKind.NotFound);

    public ProblemKind Kind => kind;

    public string? Detail { get; init; }

    /// <summary>Validation errors by field.</summary>
    public IDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The recording that is already open (<see cref="ProblemKind.RecordingOpen"/>).</summary>
    public object? Open { get; init; }

    public int? StatusCode => kind.Status;

    public static implicit operator Problem(ProblemKind kind) => new(kind);

    /// <param name="field">The invalid field, or <c>$</c> for the whole body.</param>
    /// <param name="error">A sentence that says what is expected.</param>
    public static Problem Invalid(string field, string error) =>
        new(ProblemKind.Validation) { Errors = new Dictionary<string, string[]> { [field] = [error] } };

    public static Problem Of(ErrorCode error) => error switch
    {
        ErrorCode.NotFound => ProblemKind.NotFound,
        ErrorCode.InvalidTransition => ProblemKind.InvalidTransition,
        ErrorCode.ConsentRequired => ProblemKind.ConsentRequired,
        ErrorCode.PresenceRequired => ProblemKind.PresenceRequired,
        ErrorCode.ModeChanged => ProblemKind.ModeChanged,
        ErrorCode.RecordingOpen => ProblemKind.RecordingOpen,
        ErrorCode.DigestMismatch => ProblemKind.DigestMismatch,
        ErrorCode.MediaMismatch => ProblemKind.MediaMismatch,
        ErrorCode.LimitReached => ProblemKind.LimitReached,
        ErrorCode.IdempotencyKeyReused => ProblemKind.IdempotencyKeyReused,
        ErrorCode.UnsupportedContentType => Invalid("contentType", "The consultation's mode does not allow this content type."),
        ErrorCode.UploadInProgress or ErrorCode.Sealed => ProblemKind.UploadInProgress,
        ErrorCode.AttestedConsentOff => ProblemKind.AttestedConsentOff,
        ErrorCode.LegalHold => ProblemKind.LegalHold,
        ErrorCode.IncidentOpen => ProblemKind.IncidentOpen,
        ErrorCode.SecondOfficerRequired => ProblemKind.SecondOfficerRequired,
        ErrorCode.VersionConflict => ProblemKind.VersionConflict,
        // A denial by a safeguard is indistinguishable from a resource that never existed.
        ErrorCode.RejectedBySafeguard => ProblemKind.NotFound,
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, "No problem is defined for this error code."),
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = kind.Status;
        if (kind.Status is 503 or 507 or 429 && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = RetryAfterSeconds;
        var traceId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
        var body = new Body($"/docs#{kind.Code}", kind.Title, kind.Status, Detail, kind.Code, traceId, Errors, Open);
        return response.WriteAsJsonAsync(body, Json, ContentType, httpContext.RequestAborted);
    }

    public sealed record Body(
        string Type, string Title, int Status, string? Detail, string Code, string TraceId, IDictionary<string, string[]>? Errors,
        object? Open);
}
