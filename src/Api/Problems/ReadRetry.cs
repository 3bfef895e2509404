using System.Data.Common;
using System.Diagnostics;
using Replays.Grains.Storage;

namespace Replays.Api.Problems;

/// <summary>Retries reads once, because silos can die and the database can be away for a minute.</summary>
public static class ReadRetry
{
    /// <summary>A retry that starts later would not finish before <see cref="RequestTimeout"/>.</summary>
    private static readonly TimeSpan LatestRetry = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.5);

    public static bool IsUnavailable(Exception exception) => exception is TimeoutException or OrleansException or ObjectDisposedException
        or OperationCanceledException or StorageUnavailableException or DbException;

    /// <summary>For reads only: the outcome of a write whose response was lost is unknown.</summary>
    public static async Task<T> WithRetry<T>(Func<Task<T>> read)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            return await read();
        }
        catch (Exception e) when (IsUnavailable(e) && e is not OperationCanceledException
            && Stopwatch.GetElapsedTime(started) < LatestRetry)
        {
            return await read().WaitAsync(Deadline - Stopwatch.GetElapsedTime(started));
        }
    }
}
