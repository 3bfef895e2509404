using System.Collections.Concurrent;
using System.Reflection;

namespace Replays.Simulation.Runtime;

/// <summary>Sends a call with the result type of its method.</summary>
internal abstract class CallInvoker
{
    private static readonly ConcurrentDictionary<Type, CallInvoker> Invokers = new();

    public static CallInvoker For(MethodInfo method) => Invokers.GetOrAdd(method.ReturnType, static type =>
        (CallInvoker)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(
            type.IsGenericType ? type.GetGenericArguments()[0] : typeof(object)))!);

    public abstract Task Invoke(SimulatedCluster cluster, GrainCall call);

    /// <summary>Delivers a call whose sender has given up: nobody sees its answer.</summary>
    public abstract Task DeliverLate(SimulatedCluster cluster, GrainCall call);

    private sealed class Typed<T> : CallInvoker
    {
        public override Task Invoke(SimulatedCluster cluster, GrainCall call) => cluster.Call<T>(call);

        public override Task DeliverLate(SimulatedCluster cluster, GrainCall call) => cluster.Deliver<T>(call);
    }
}
