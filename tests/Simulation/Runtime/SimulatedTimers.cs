using Orleans.Runtime;
using Orleans.Timers;

namespace Replays.Simulation.Runtime;

/// <summary>Grain timers. They never fire by themselves: the driver fires those that are due.</summary>
internal sealed class SimulatedTimers(SimulatedClock clock) : ITimerRegistry
{
    private readonly List<SimulatedTimer> _timers = [];

    /// <summary>Due timers in the order of registration.</summary>
    public List<SimulatedTimer> FindDue()
    {
        _timers.RemoveAll(timer => timer.Due is null || timer.Activation.IsDead);
        return [.. _timers.Where(timer => timer.IsDue)];
    }

    public DateTimeOffset? NextDue() => _timers.Where(timer => !timer.Activation.IsDead).Min(timer => timer.Due);

    public void RemoveAll(Activation activation) => _timers.RemoveAll(timer => timer.Activation == activation);

    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        var timer = new SimulatedTimer(clock, (Activation)grainContext, () => callback(state, CancellationToken.None), options);
        _timers.Add(timer);
        return timer;
    }

    public IDisposable RegisterTimer(
        IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException();
}
