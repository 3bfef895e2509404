using System.Reflection;
using Orleans.Runtime;

namespace Replays.Simulation.Runtime;

/// <summary>A grain reference: turns method calls into messages.</summary>
public class GrainProxy : DispatchProxy
{
    private SimulatedCluster? _cluster;
    private GrainId _target;

    internal static T Create<T>(SimulatedCluster cluster, GrainId target) where T : class
    {
        var proxy = Create<T, GrainProxy>();
        ((GrainProxy)(object)proxy)._cluster = cluster;
        ((GrainProxy)(object)proxy)._target = target;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        CallInvoker.For(targetMethod!).Invoke(_cluster!, new GrainCall(_target, targetMethod!, args ?? [], _cluster!.Current?.GrainId));
}
