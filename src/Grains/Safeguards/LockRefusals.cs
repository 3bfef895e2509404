using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Replays.Grains.Safeguards;

/// <summary>A refusal is never silent: it is counted by lock and logged without personal data; one that only a defect can cause is kept.</summary>
public sealed partial class LockRefusals(INearMisses nearMisses, ILogger<LockRefusals> logger)
{
    private static readonly Counter<long> Refusals =
        Telemetry.Meter.CreateCounter<long>("replays.lock.refusals", "{refusal}", "Refusals by lock and by whether only a defect can cause them.");

    // From zero: an increase is seen only of what was there before.
    static LockRefusals()
    {
        foreach (var @lock in Enum.GetValues<Lock>())
        {
            Refusals.Add(0, new("lock", @lock.ToString()), new("defect", false));
            Refusals.Add(0, new("lock", @lock.ToString()), new("defect", true));
        }
    }

    /// <summary>A refusal that any outsider can cause.</summary>
    public void Count(Lock refusedBy)
    {
        Refusals.Add(1, new("lock", refusedBy.ToString()), new("defect", false));
        LogRefusal(refusedBy);
    }

    /// <summary>A refusal that only a defect can cause.</summary>
    public void Alarm(Lock refusedBy, string cause)
    {
        Refusals.Add(1, new("lock", refusedBy.ToString()), new("defect", true));
        LogDefect(refusedBy);
        nearMisses.Note(refusedBy, cause);
    }

    [LoggerMessage(1, LogLevel.Information, "The {Lock} lock refused a call.")]
    private partial void LogRefusal(Lock @lock);

    [LoggerMessage(2, LogLevel.Error, "The {Lock} lock refused what only a defect can cause. An incident keeps what it was.")]
    private partial void LogDefect(Lock @lock);
}
