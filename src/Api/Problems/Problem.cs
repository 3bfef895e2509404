using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Replays.Grains;

namespace Replays.Api.Problems;

/// <summary>An error answer: RFC 9457 problem details with a stable code.</summary>
public sealed class Problem(ProblemKind kind) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Longest a caller is asked to wait before trying again, in seconds.</summary>
    private const string RetryAfter = "2";

    public ProblemKind Kind => kind;

    public string? Detail { get; init; }

    /// <summary>What is wrong, by field.</summary>
    public IDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The recording that is open already (<see cref="ProblemKind.RecordingOpen"/>).</summary>
    public object? Open { get; init; }

    public int? StatusCode => kind.Status;

    public static implicit operator Problem(ProblemKind kind) => new(kind);

    /// <summary>One field, or the whole, is wrong.</summary>
    public static Problem Invalid(string field, string error) =>
        new(ProblemKind.Validation) { Errors = new Dictionary<string, string[]> { [field] = [error] } };

    /// <summary>The one table from a grain's refusal to an answer.</summary>
    public static Problem Of(Grains.ErrorCode refusal) => refusal switch
    {
        Grains.ErrorCode.NotFound => ProblemKind.NotFound,
        Grains.ErrorCode.InvalidTransition => ProblemKind.InvalidTransition,
        Grains.ErrorCode.ConsentRequired => ProblemKind.ConsentRequired,
        Grains.ErrorCode.PresenceRequired => ProblemKind.PresenceRequired,
        Grains.ErrorCode.ModeChanged => ProblemKind.ModeChanged,
        Grains.ErrorCode.RecordingOpen => ProblemKind.RecordingOpen,
        Grains.ErrorCode.DigestMismatch => ProblemKind.DigestMismatch,
        Grains.ErrorCode.MediaMismatch => ProblemKind.MediaMismatch,
        Grains.ErrorCode.LimitReached => ProblemKind.LimitReached,
        Grains.ErrorCode.IdempotencyKeyReused => ProblemKind.IdempotencyKeyReused,
        Grains.ErrorCode.UnsupportedContentType => Invalid("contentType", "This type does not fit the consultation's mode."),
        Grains.ErrorCode.UploadInProgress or Grains.ErrorCode.Sealed => ProblemKind.UploadInProgress,
        Grains.ErrorCode.AttestedConsentOff => ProblemKind.AttestedConsentOff,
        Grains.ErrorCode.LegalHold => ProblemKind.LegalHold,
        Grains.ErrorCode.IncidentOpen => ProblemKind.IncidentOpen,
        Grains.ErrorCode.SecondOfficerRequired => ProblemKind.SecondOfficerRequired,
        Grains.ErrorCode.VersionConflict => ProblemKind.Changed,
        // What a lock refuses looks like what never existed.
        Grains.ErrorCode.RejectedBySafeguard => ProblemKind.NotFound,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Not a refusal."),
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = kind.Status;
        if (kind.Status is 503 or 507 or 429 && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = RetryAfter;
        var body = new Body(
            $"/docs#{kind.Code}", kind.Title, kind.Status, Detail, kind.Code, Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier,
            Errors, Open);
        return response.WriteAsJsonAsync(body, Json, ContentType, httpContext.RequestAborted);
    }

    /// <summary>What is sent.</summary>
    public sealed record Body(
        string Type,
        string Title,
        int Status,
        string? Detail,
        string Code,
        string TraceId,
        IDictionary<string, string[]>? Errors,
        object? Open);
}
