using System.Data.Common;
using System.Diagnostics;
using Replays.Grains.Storage;

namespace Replays.Api.Problems;

/// <summary>Silos die and databases go away for a minute: such calls are answered 503, and reads are tried once more.</summary>
public static class ReadRetry
{
    /// <summary>After this long a second attempt would not fit into the five seconds within which every request is answered.</summary>
    private static readonly TimeSpan LatestRetry = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.5);

    public static bool IsUnavailable(Exception exception) => exception is TimeoutException or OrleansException or ObjectDisposedException
        or OperationCanceledException or StorageUnavailableException or DbException;

    /// <summary>Asks a grain, once more if it was not reached. For reads only: the outcome of a lost write is unknown.</summary>
    public static async Task<T> WithRetry<T>(Func<Task<T>> read)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            return await read();
        }
        catch (Exception e) when (IsUnavailable(e) && e is not OperationCanceledException && Stopwatch.GetElapsedTime(started) < LatestRetry)
        {
            return await read().WaitAsync(Deadline - Stopwatch.GetElapsedTime(started));
        }
    }
}
