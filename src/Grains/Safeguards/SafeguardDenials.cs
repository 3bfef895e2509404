using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Replays.Grains.Safeguards;

/// <summary>Counts denials and logs them without personal data. One that only a defect can cause also becomes a near miss.</summary>
public sealed partial class SafeguardDenials(INearMissRecorder nearMisses, ILogger<SafeguardDenials> logger)
{
    private static readonly Counter<long> Denials = Telemetry.Meter.CreateCounter<long>(
        "replays.safeguard.denials", "{denial}", "Denials by safeguard and by whether only a defect can cause them.");

    // Starts at zero: an increase is visible only on a series that exists.
    static SafeguardDenials()
    {
        foreach (var safeguard in Enum.GetValues<Safeguard>())
        {
            Denials.Add(0, new("safeguard", safeguard.ToString()), new("defect", false));
            Denials.Add(0, new("safeguard", safeguard.ToString()), new("defect", true));
        }
    }

    /// <summary>Records a denial that any outsider can cause.</summary>
    public void RecordDenial(Safeguard safeguard)
    {
        Denials.Add(1, new("safeguard", safeguard.ToString()), new("defect", false));
        LogDenial(safeguard);
    }

    /// <summary>Records a denial that only a defect can cause.</summary>
    /// <param name="cause">The full name of what was denied. Kept with the incident, never logged.</param>
    public void ReportDefect(Safeguard safeguard, string cause)
    {
        Denials.Add(1, new("safeguard", safeguard.ToString()), new("defect", true));
        LogDefect(safeguard);
        nearMisses.Record(safeguard, cause);
    }

    /// <summary>Records the denial, if there is one.</summary>
    /// <returns>Whether the call is allowed.</returns>
    internal bool Allows(Denial? denial)
    {
        if (denial is { DefectCause: { } cause })
            ReportDefect(denial.By, cause);
        else if (denial is not null)
            RecordDenial(denial.By);
        return denial is null;
    }

    [LoggerMessage(1, LogLevel.Information, "The {Safeguard} safeguard denied a call.")]
    private partial void LogDenial(Safeguard safeguard);

    [LoggerMessage(2, LogLevel.Error, "The {Safeguard} safeguard denied a call that only a defect can cause. An incident will be opened.")]
    private partial void LogDefect(Safeguard safeguard);
}
