using Microsoft.AspNetCore.Http.Metadata;

namespace Replays.Api.Problems;

/// <summary>
/// Nobody waits longer than five seconds for the beginning of an answer, however many grains an endpoint asks one after the other. What has begun
/// may go on, and so may what is still being uploaded.
/// </summary>
public static class RequestTimeout
{
    /// <summary>Leaves half a second to the way there and back.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.5);

    /// <summary>To be used after routing, and inside of what turns exceptions into problems.</summary>
    public static void UseRequestTimeout(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is { MaxRequestBodySize: null })
        {
            await next(http);
            return;
        }

        var gone = http.RequestAborted;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(gone);
        await using var timer = http.RequestServices.GetRequiredService<TimeProvider>().CreateTimer(
            _ => WriteTimeout(http.Response, ended), null, Deadline, Timeout.InfiniteTimeSpan);
        http.RequestAborted = ended.Token;
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
        finally
        {
            http.RequestAborted = gone;
        }
    });

    private static void WriteTimeout(HttpResponse response, CancellationTokenSource ended)
    {
        if (!response.HasStarted)
            ended.Cancel();
    }
}
