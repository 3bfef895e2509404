using System.Data.Common;
using Orleans.Runtime;
using Orleans.Storage;
using Replays.Grains.Storage;
using Replays.Simulation.Faults;
using Replays.Simulation.Stores;

namespace Replays.Simulation.Runtime;

/// <summary>
/// An Orleans cluster in one thread: real grains, messages between them, timers, reminders, and everything durable as a model. Every task
/// completes synchronously; nothing happens unless the driver makes it happen.
/// </summary>
internal sealed partial class SimulatedCluster
{
    private readonly Dictionary<GrainId, List<Activation>> _activations = [];
    private readonly List<Activation> _turns = [];
    private readonly List<GrainCall> _delayed = [];
    private int _firstOfChain, _activationNumber, _routingBits, _routings;

    public SimulatedCluster(Func<SimulatedCluster, IServiceProvider> services)
    {
        Faults.Cluster = this;
        Storage = new(Faults, this);
        Timers = new(Clock);
        Reminders = new(Clock, Faults);
        Grains = new SimulatedGrainFactory(this);
        Services = services(this);
    }

    public SimulatedClock Clock { get; } = new();

    public FaultInjector Faults { get; } = new();

    public SimulatedGrainStorage Storage { get; }

    public SimulatedTimers Timers { get; }

    public SimulatedReminders Reminders { get; }

    public IGrainFactory Grains { get; }

    public IServiceProvider Services { get; }

    /// <summary>The activation whose turn it is; null: the driver's own code runs.</summary>
    public Activation? Current => _turns.Count > _firstOfChain ? _turns[^1] : null;

    private Activation? Caller => _turns.Count - 1 > _firstOfChain ? _turns[^2] : null;

    /// <summary>The activation that handled the driver's last call.</summary>
    public Activation? LastTarget { get; private set; }

    /// <summary>A delayed call is on its way: its sender decided long ago.</summary>
    public bool IsDeliveringLate { get; private set; }

    public int DelayedCalls => _delayed.Count;

    /// <summary>A planted defect of the runtime or of a sender: what it does to a message.</summary>
    public Func<GrainCall, GrainCall>? Misroute { get; set; }

    /// <summary>A call that waits for a grain which waits for it.</summary>
    public string? Deadlock { get; private set; }

    public void BeginStep(int routingBits) => (_routingBits, _routings) = (routingBits, 0);

    public bool HasSecondActivation(GrainId grain) => _activations.TryGetValue(grain, out var all) && all.Count > 1;

    public async Task<T> Call<T>(GrainCall call)
    {
        ThrowIfDead();
        call = Misroute?.Invoke(call) ?? call;
        Faults.Before(EffectKind.Call, call.ToString());
        var result = Faults.OnCall(call) switch
        {
            FaultKind.RequestLost => throw new TimeoutException("The request was lost."),
            FaultKind.AnswerLost => await DeliverWithoutAnswer<T>(call),
            FaultKind.Duplicated => await DeliverTwice<T>(call),
            FaultKind.Delayed => Delay<T>(call),
            FaultKind.SecondActivation => await DeliverToSecond<T>(call),
            _ => await Deliver<T>(call),
        };
        ThrowIfDead();
        Faults.After(EffectKind.Call, call.ToString());
        return result;
    }

    public Task<T> Deliver<T>(GrainCall call)
    {
        var activation = Route(call);
        if (activation.IsDead)
            throw new SiloUnavailableException();
        return Turn<T>(activation, call.Source, call.Method.Name, () => (Task)call.Method.Invoke(
            activation.GrainInstance, System.Reflection.BindingFlags.DoNotWrapExceptions, null, call.Arguments, null)!);
    }

    /// <summary>Runs a timer's callback, if its activation is still there and idle.</summary>
    public async Task Fire(SimulatedTimer timer)
    {
        if (timer.Due is null || timer.Activation.IsDead || _turns.Contains(timer.Activation) && !timer.Interleaves)
            return;
        timer.ScheduleNext();
        await Turn<object>(timer.Activation, timer.Activation.GrainId, "timer", timer.Callback);
    }

    /// <summary>Delivers the oldest delayed calls, or a later one first.</summary>
    public async Task DeliverDelayed(int index)
    {
        if (_delayed.Count == 0)
            return;
        var call = _delayed[index % _delayed.Count];
        _delayed.Remove(call);
        IsDeliveringLate = true;
        try
        {
            await CallInvoker.For(call.Method).DeliverLate(this, call);
        }
        finally
        {
            IsDeliveringLate = false;
        }
    }

    /// <summary>A turn of somebody else in the middle of the present one: a delayed call, else a timer.</summary>
    public void RunInterleaved()
    {
        var before = _firstOfChain;
        _firstOfChain = _turns.Count;
        try
        {
            Faults.Suspend(() => RunSomethingElse().GetAwaiter().GetResult());
        }
        catch (Exception e) when (ExpectedFailures.IsExpected(e))
        {
            // Its sender has given up, or a timer failed: nobody sees it.
        }
        finally
        {
            _firstOfChain = before;
        }
    }

    /// <summary>Every process dies.</summary>
    public void CrashAll()
    {
        foreach (var activation in _activations.Values.SelectMany(all => all).Concat(_turns))
            activation.IsDead = true;
        _activations.Clear();
        ThrowIfDead();
        throw new SiloUnavailableException();
    }

    /// <summary>The process of the present activation dies; others live on.</summary>
    public void CrashCurrent()
    {
        Remove(Current!);
        ThrowIfDead();
    }

    /// <summary>An idle grain's activations go in good order.</summary>
    public async Task Deactivate(GrainId grain)
    {
        if (_activations.TryGetValue(grain, out var all))
        {
            foreach (var activation in all.ToList())
                await Deactivate(activation);
        }
    }

    public async Task DeactivateAll()
    {
        foreach (var grain in ActiveGrains().ToList())
            await Deactivate(grain);
    }

    /// <summary>The directory is consistent again: of two activations the younger goes.</summary>
    public void RemoveSecondActivations()
    {
        foreach (var second in _activations.Values.SelectMany(all => all.Skip(1)).ToList())
            Remove(second);
    }

    public IEnumerable<GrainId> ActiveGrains() => _activations.Keys.Order();

    public void ThrowIfDead()
    {
        if (Current is { IsDead: true })
            throw new SimulatedCrash();
    }

    private Task RunSomethingElse()
    {
        if (_delayed.Count > 0)
            return DeliverDelayed(0);
        var idle = Timers.FindDue().FirstOrDefault(timer => timer.Interleaves || !_turns.Contains(timer.Activation));
        return idle is null ? Task.CompletedTask : Fire(idle);
    }

    private async Task<T> DeliverWithoutAnswer<T>(GrainCall call)
    {
        await DeliverIgnoringFailure<T>(call);
        throw new TimeoutException("The answer was lost.");
    }

    private async Task<T> DeliverTwice<T>(GrainCall call)
    {
        await DeliverIgnoringFailure<T>(call);
        ThrowIfDead();
        return await Deliver<T>(call);
    }

    private async Task DeliverIgnoringFailure<T>(GrainCall call)
    {
        try
        {
            await Deliver<T>(call);
        }
        catch (Exception e) when (ExpectedFailures.IsExpected(e))
        {
            // Nobody sees it.
        }
    }

    private T Delay<T>(GrainCall call)
    {
        _delayed.Add(call);
        throw new TimeoutException("The call is delayed.");
    }

    private Task<T> DeliverToSecond<T>(GrainCall call)
    {
        if (_activations.TryGetValue(call.Target, out var all) && all.Count == 1)
            all.Add(New(call.Target));
        return Deliver<T>(call);
    }
}
