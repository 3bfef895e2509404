using Orleans.Runtime;

namespace Replays.Simulation.Runtime;

/// <summary>One instance of a grain. It loses its memory when it deactivates or its process dies; what it stored stays.</summary>
internal sealed class Activation(SimulatedCluster cluster, GrainId grainId, int number) : IGrainContext
{
    public GrainId GrainId => grainId;

    /// <summary>Tells two activations of one grain apart.</summary>
    public int Number => number;

    public object? GrainInstance { get; set; }

    /// <summary>The process died: no effect of this activation happens any more.</summary>
    public bool IsDead { get; set; }

    public bool IsDeactivating { get; private set; }

    /// <summary>A write of this turn met a newer version. Orleans deactivates the activation when the exception leaves it.</summary>
    public bool HasVersionConflict { get; set; }

    public IServiceProvider ActivationServices => cluster.Services;

    public GrainReference GrainReference => throw new NotSupportedException();

    public ActivationId ActivationId => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => throw new NotSupportedException();

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) => IsDeactivating = true;

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void SetComponent<TComponent>(TComponent? value) where TComponent : class => throw new NotSupportedException();

    public object? GetTarget() => GrainInstance;

    public object? GetComponent(Type componentType) => null;

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => HashCode.Combine(number, grainId);
}
