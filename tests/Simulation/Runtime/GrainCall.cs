using System.Reflection;
using Orleans.Runtime;

namespace Replays.Simulation.Runtime;

/// <summary>A message to a grain.</summary>
/// <param name="Source">The calling grain; null: a client or the runtime.</param>
internal sealed record GrainCall(GrainId Target, MethodInfo Method, object?[] Arguments, GrainId? Source)
{
    public override string ToString() => $"{Method.Name} of {Target.Key}";
}
