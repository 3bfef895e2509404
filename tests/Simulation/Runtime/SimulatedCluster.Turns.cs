using System.Data.Common;
using Orleans.Runtime;
using Orleans.Storage;
using Replays.Grains.Storage;
using Replays.Simulation.Faults;
using Replays.Simulation.Stores;

namespace Replays.Simulation.Runtime;

/// <summary>Activations and their turns.</summary>
internal sealed partial class SimulatedCluster
{
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
