using Microsoft.AspNetCore.Http.Metadata;

namespace Replays.Api.Problems;

/// <summary>Answers 503 when a response has not started within five seconds. Uploads and started responses may take longer.</summary>
public static class RequestTimeout
{
    /// <summary>Five seconds, less half a second for the network.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.5);

    /// <summary>Call after <c>UseRouting</c> and after <see cref="ProblemsRegistration.UseProblems"/>.</summary>
    public static void UseRequestTimeout(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is { MaxRequestBodySize: null })
        {
            await next(http);
            return;
        }

        var clientAborted = http.RequestAborted;
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(clientAborted);
        await using var timer = http.RequestServices.GetRequiredService<TimeProvider>().CreateTimer(
            _ => CancelUnlessStarted(http.Response, aborted), null, Deadline, Timeout.InfiniteTimeSpan);
        http.RequestAborted = aborted.Token;
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested && !clientAborted.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
        finally
        {
            http.RequestAborted = clientAborted;
        }
    });

    private static void CancelUnlessStarted(HttpResponse response, CancellationTokenSource aborted)
    {
        if (!response.HasStarted)
            aborted.Cancel();
    }
}
