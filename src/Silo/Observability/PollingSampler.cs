using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Replays.Silo.Observability;

/// <summary>A trace that would begin with a statement to the database is nobody's request: the stop list is read four times a second.</summary>
internal sealed class PollingSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}
