using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Replays.Silo.Observability;

/// <summary>Drops traces that start with a database statement: these come from polling, such as that of the stop list.</summary>
internal sealed class PollingSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}
