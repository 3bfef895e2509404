using System.Diagnostics;
using OpenTelemetry;
using Replays.Grains;

namespace Replays.Silo.Observability;

/// <summary>Takes out of a span what might be personal, before anything exports it.</summary>
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
        data.SetStatus(data.Status); // without its description
        // Events can't be changed once they are there, and those of a failure hold its message in a tag: that span is not exported at all.
        if (data.Events.Any(happened => happened.Tags.Any()))
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
