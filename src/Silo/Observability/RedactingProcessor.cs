using System.Diagnostics;
using OpenTelemetry;

namespace Replays.Silo.Observability;

/// <summary>Removes potential personal data from spans before export.</summary>
internal sealed class RedactingProcessor : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Source.Name == Telemetry.Name)
            return;
        foreach (var (key, _) in data.TagObjects.ToList())
        {
            if (!AllowedTags.IsAllowed(key))
                data.SetTag(key, null);
        }
        data.TraceStateString = null;
        data.SetStatus(data.Status); // drops the description
        // Events are immutable and may contain an exception message; such spans are not exported.
        if (data.Events.Any(e => e.Tags.Any()))
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
