namespace Replays.Silo.Workers;

/// <summary>Runs work that survives failures. Reports only the exception's type, because its message may contain personal data.</summary>
internal static class BackgroundWork
{
    public static async Task Repeat(
        TimeSpan interval, TimeProvider time, Func<Task> work, Action<string> failed, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stopping))
            await Try(work, failed, stopping);
    }

    /// <summary>Returns whether the work succeeded. Throws only when stopping.</summary>
    public static async Task<bool> Try(Func<Task> work, Action<string> failed, CancellationToken stopping)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            failed(e.GetType().Name);
            return false;
        }
    }
}
