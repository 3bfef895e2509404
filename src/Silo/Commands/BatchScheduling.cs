using System.Globalization;
using System.Runtime.InteropServices;

namespace Replays.Silo.Commands;

/// <summary>
/// Linux' scheduling of work that nobody waits for (<c>SCHED_BATCH</c>, sched(7)): what arrives for it takes no processor from whoever is
/// running. The database, which answers in small packets, is not interrupted by each, and a silo on the same machine goes first.
/// </summary>
internal static class BatchScheduling
{
    private const int Batch = 3;

    /// <summary>Asks for it for the whole process. Where it is not to be had, nothing but speed is lost.</summary>
    public static void Request()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var priority = 0;
        // Threads that are started later inherit it.
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
            _ = SetScheduler(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), Batch, ref priority);
    }

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    private static extern int SetScheduler(int thread, int policy, ref int priority);
}
