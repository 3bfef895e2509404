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
internal sealed class SimulatedCluster
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
            Faults.Suspend(() =>
            {
                var task = _delayed.Count > 0 ? DeliverDelayed(0)
                    : Timers.FindDue().FirstOrDefault(timer => timer.Interleaves || !_turns.Contains(timer.Activation)) is { } timer ? Fire(timer)
                    : Task.CompletedTask;
                task.GetAwaiter().GetResult();
            });
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

    private Activation Route(GrainCall call)
    {
        for (var i = _firstOfChain; i < _turns.Count; i++)
        {
            if (_turns[i].GrainId == call.Target)
                Deadlock ??= $"{call} from {call.Source?.Key} waits for itself";
        }
        if (!_activations.TryGetValue(call.Target, out var all))
            _activations[call.Target] = all = [];
        if (all.Count == 0)
            all.Add(New(call.Target));
        var chosen = all.Count == 1 ? all[0] : all[(_routingBits >> (_routings++ % 31)) & 1];
        if (_turns.Contains(chosen))
            throw new TimeoutException("The activation is busy.");
        return chosen;
    }

    private Activation New(GrainId grain) => new(this, grain, ++_activationNumber);

    private async Task<T> Turn<T>(Activation activation, GrainId? source, string name, Func<Task> invoke)
    {
        if (Current is null && _firstOfChain == 0)
            LastTarget = activation;
        _turns.Add(activation);
        try
        {
            activation.HasVersionConflict = false;
            if (activation.GrainInstance is null)
                await Activate(activation);
            var call = new IncomingCall<T>(activation, source, name, invoke);
            await (activation.GrainInstance is IIncomingGrainCallFilter filter ? filter.Invoke(call) : call.Invoke());
            ThrowIfDead();
            return call.Value!;
        }
        catch (Exception) when (activation.IsDead)
        {
            throw Caller is { IsDead: true } ? new SimulatedCrash() : new SiloUnavailableException();
        }
        catch (InconsistentStateException) when (activation.HasVersionConflict)
        {
            activation.Deactivate(default);
            throw;
        }
        catch (Exception e) when (IsStorageFailure(e))
        {
            // As the service's own storage failure filter does.
            activation.Deactivate(default);
            throw new StorageUnavailableException();
        }
        finally
        {
            _turns.RemoveAt(_turns.Count - 1);
            if (activation.IsDeactivating && !activation.IsDead && !_turns.Contains(activation))
                await Deactivate(activation);
        }
    }

    private async Task Activate(Activation activation)
    {
        try
        {
            var grain = GrainTypes.Create(this, activation);
            await ((IGrainBase)grain).OnActivateAsync(CancellationToken.None);
            activation.GrainInstance = grain;
        }
        catch
        {
            Forget(activation);
            throw;
        }
    }

    private async Task Deactivate(Activation activation)
    {
        Forget(activation);
        if (activation.GrainInstance is not IGrainBase grain)
            return;
        _turns.Add(activation);
        try
        {
            await grain.OnDeactivateAsync(default, CancellationToken.None);
        }
        catch (Exception e) when (ExpectedFailures.IsExpected(e) || e is SimulatedCrash)
        {
            // It is gone either way.
        }
        finally
        {
            _turns.RemoveAt(_turns.Count - 1);
            activation.IsDead = true;
        }
    }

    private void Remove(Activation activation)
    {
        activation.IsDead = true;
        Forget(activation);
    }

    private void Forget(Activation activation)
    {
        Timers.RemoveAll(activation);
        if (_activations.TryGetValue(activation.GrainId, out var all) && all.Remove(activation) && all.Count == 0)
            _activations.Remove(activation.GrainId);
    }

    private static bool IsStorageFailure(Exception exception) =>
        exception is DbException or StorageUnavailableException
        || exception.InnerException is { } inner and not InconsistentStateException && IsStorageFailure(inner);
}
