using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Replays.Grains;

/// <summary>Traces and metrics of the service. Names are constant; no id, name or title is ever a tag.</summary>
public static class Telemetry
{
    public const string Name = "Replays";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);
}
