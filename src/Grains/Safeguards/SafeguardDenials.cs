using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Replays.Grains.Safeguards;

/// <summary>A refusal is never silent: it is counted by lock and logged without personal data; one that only a defect can cause is kept.</summary>
public sealed partial class SafeguardDenials(INearMissRecorder nearMisses, ILogger<SafeguardDenials> logger)
{
    private static readonly Counter<long> Denials =
        Telemetry.Meter.CreateCounter<long>("replays.safeguard.denials", "{denial}", "Refusals by lock and by whether only a defect can cause them.");

    // From zero: an increase is seen only of what was there before.
    static SafeguardDenials()
    {
        foreach (var safeguard in Enum.GetValues<Safeguard>())
        {
            Denials.Add(0, new("safeguard", safeguard.ToString()), new("defect", false));
            Denials.Add(0, new("safeguard", safeguard.ToString()), new("defect", true));
        }
    }

    /// <summary>A refusal that any outsider can cause.</summary>
    public void RecordDenial(Safeguard refusedBy)
    {
        Denials.Add(1, new("safeguard", refusedBy.ToString()), new("defect", false));
        LogDenial(refusedBy);
    }

    /// <summary>A refusal that only a defect can cause.</summary>
    public void ReportDefect(Safeguard refusedBy, string cause)
    {
        Denials.Add(1, new("safeguard", refusedBy.ToString()), new("defect", true));
        LogDefect(refusedBy);
        nearMisses.Record(refusedBy, cause);
    }

    [LoggerMessage(1, LogLevel.Information, "The {Safeguard} safeguard denied a call.")]
    private partial void LogDenial(Safeguard safeguard);

    [LoggerMessage(2, LogLevel.Error, "The {Safeguard} safeguard denied a call that only a defect can cause. An incident records it.")]
    private partial void LogDefect(Safeguard safeguard);
}
