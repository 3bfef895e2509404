using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Replays.Media.Encryption;
using Replays.Media.Stores;

namespace Replays.Api.Problems;

/// <summary>Turns unhandled exceptions into problems. Messages are neither logged nor returned: they can contain patient ids.</summary>
internal sealed partial class ExceptionHandler(ILogger<ExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = ToProblem(exception);
        if (problem.Kind == ProblemKind.Internal)
            LogDefect(exception.GetType(), exception.StackTrace);
        else if (problem.Kind.Status >= 500)
            LogUnavailable(exception.GetType());
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    private static Problem ToProblem(Exception exception) => exception switch
    {
        ProblemException e => e.Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest, InnerException: JsonException json } =>
            Problem.Invalid(json.Path is { Length: > 0 } path ? path : "$", "The JSON is malformed or does not match the expected schema."),
        BadHttpRequestException e => ProblemKind.ForStatus(e.StatusCode),
        MediaStoreException { Problem: MediaStoreProblem.Full } => ProblemKind.StorageFull,
        MediaStoreException { Problem: MediaStoreProblem.Busy } => ProblemKind.UploadInProgress,
        // An ownership mismatch has already opened an incident; the caller learns nothing about the record.
        MediaStoreException or MediaIntegrityException or StopListUnavailableException or OwnershipMismatchException
            => ProblemKind.Unavailable,
        _ when ReadRetry.IsUnavailable(exception) => ProblemKind.Unavailable,
        _ => ProblemKind.Internal,
    };

    [LoggerMessage(1, LogLevel.Error, "A request failed with an unexpected {Exception}. {StackTrace}")]
    private partial void LogDefect(Type exception, string? stackTrace);

    [LoggerMessage(2, LogLevel.Warning, "A request failed because a dependency is unavailable ({Exception}).")]
    private partial void LogUnavailable(Type exception);
}
