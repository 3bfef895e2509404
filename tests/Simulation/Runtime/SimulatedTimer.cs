using Orleans.Runtime;

namespace Replays.Simulation.Runtime;

internal sealed class SimulatedTimer(SimulatedClock clock, Activation activation, Func<Task> callback, GrainTimerCreationOptions options)
    : IGrainTimer
{
    private TimeSpan _period = options.Period;

    public Activation Activation => activation;

    public bool Interleaves => options.Interleave;

    public Func<Task> Callback => callback;

    public DateTimeOffset? Due { get; private set; } = clock.GetUtcNow() + options.DueTime;

    public bool IsDue => Due <= clock.GetUtcNow();

    public void ScheduleNext() => Due = _period == Timeout.InfiniteTimeSpan ? null : clock.GetUtcNow() + _period;

    public void Change(TimeSpan dueTime, TimeSpan period) => (Due, _period) = (clock.GetUtcNow() + dueTime, period);

    public void Dispose() => Due = null;
}
