using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Simulation.Stores;

namespace Replays.Simulation.Runtime;

/// <summary>The real grain classes, and how the simulated runtime makes them.</summary>
internal static class GrainTypes
{
    private static readonly Dictionary<Type, GrainType> TypeOfInterface = new()
    {
        [typeof(IPatientGrain)] = GrainType.Create(PatientGrain.TypeName),
        [typeof(IConsultationGrain)] = GrainType.Create(ConsultationGrain.TypeName),
        [typeof(IIncidentGrain)] = GrainType.Create("incident"),
        [typeof(IAuditTrailGrain)] = GrainType.Create("audit-trail"),
    };

    private static readonly Dictionary<GrainType, ConstructorInfo> Constructors = new()
    {
        [TypeOfInterface[typeof(IPatientGrain)]] = typeof(PatientGrain).GetConstructors().Single(),
        [TypeOfInterface[typeof(IConsultationGrain)]] = typeof(ConsultationGrain).GetConstructors().Single(),
        [TypeOfInterface[typeof(IIncidentGrain)]] = typeof(IncidentGrain).GetConstructors().Single(),
        [TypeOfInterface[typeof(IAuditTrailGrain)]] = typeof(AuditTrailGrain).GetConstructors().Single(),
    };

    private static readonly ConcurrentDictionary<ConstructorInfo, Parameter[]> Parameters = new();

    private static readonly MethodInfo CreateProxy =
        typeof(GrainProxy).GetMethod(nameof(GrainProxy.Create), 1, BindingFlags.NonPublic | BindingFlags.Static, null,
            [typeof(SimulatedCluster), typeof(GrainId)], null)!;

    private static readonly ConcurrentDictionary<Type, MethodInfo> ProxyOf = new();

    public static GrainId IdOf<T>(string key) => GrainId.Create(TypeOfInterface[typeof(T)], key);

    public static object CreateReference(SimulatedCluster cluster, Type type, string key) =>
        ProxyOf.GetOrAdd(type, static one => CreateProxy.MakeGenericMethod(one))
            .Invoke(null, [cluster, GrainId.Create(TypeOfInterface[type], key)])!;

    /// <summary>Makes a grain from its constructor; its persistent state is read before it activates, as in Orleans.</summary>
    public static object Create(SimulatedCluster cluster, Activation activation)
    {
        var constructor = Constructors[activation.GrainId.Type];
        var parameters = Parameters.GetOrAdd(constructor, static one => [.. one.GetParameters().Select(Parameter.Of)]);
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = parameters[i].Resolve(cluster, activation);
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    private sealed record Parameter(Type Type, string? StateName, object? ServiceKey)
    {
        public static Parameter Of(ParameterInfo parameter) => new(
            parameter.ParameterType,
            parameter.GetCustomAttribute<PersistentStateAttribute>()?.StateName,
            parameter.GetCustomAttribute<FromKeyedServicesAttribute>()?.Key);

        public object? Resolve(SimulatedCluster cluster, Activation activation)
        {
            if (Type == typeof(IGrainContext))
                return activation;
            if (StateName is not null)
                return PersistentStates.Create(Type, cluster.Storage, StateName, activation.GrainId);
            return ServiceKey is null
                ? cluster.Services.GetRequiredService(Type)
                : cluster.Services.GetRequiredKeyedService(Type, ServiceKey);
        }
    }
}
