using System.Globalization;
using System.Runtime.InteropServices;

namespace Replays.Silo.Commands;

/// <summary>Linux <c>SCHED_BATCH</c> (sched(7)): waking threads preempt neither the database as it sends packets nor a silo.</summary>
internal static class BatchScheduling
{
    private const int Batch = 3;

    /// <summary>Applies to the whole process. A failure affects only performance and is ignored.</summary>
    public static void Request()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var priority = 0;
        // New threads inherit the policy.
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
            _ = SetScheduler(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), Batch, ref priority);
    }

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    private static extern int SetScheduler(int thread, int policy, ref int priority);
}
