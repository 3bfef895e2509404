using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Replays.Simulation.Stores;

/// <summary>Makes an activation's persistent state, read from storage.</summary>
internal static class PersistentStates
{
    private static readonly ConcurrentDictionary<Type, Type> Implementations = new();

    public static object Create(Type persistentState, SimulatedGrainStorage storage, string stateName, GrainId grain) =>
        Activator.CreateInstance(
            Implementations.GetOrAdd(persistentState, static type => typeof(SimulatedState<>).MakeGenericType(type.GetGenericArguments())),
            storage, stateName, grain)!;
}
