using Orleans.Core;
using Orleans.Runtime;

namespace Replays.Simulation.Stores;

internal sealed class SimulatedState<T> : IPersistentState<T>
{
    private readonly GrainState<T> _state = new();
    private readonly SimulatedGrainStorage _storage;
    private readonly string _stateName;
    private readonly GrainId _grain;

    public SimulatedState(SimulatedGrainStorage storage, string stateName, GrainId grain)
    {
        (_storage, _stateName, _grain) = (storage, stateName, grain);
        storage.ReadStateAsync(stateName, grain, _state);
    }

    public T State { get => _state.State!; set => _state.State = value; }

    public string? Etag => _state.ETag;

    public bool RecordExists => _state.RecordExists;

    public Task ReadStateAsync() => _storage.ReadStateAsync(_stateName, _grain, _state);

    public Task WriteStateAsync() => _storage.WriteStateAsync(_stateName, _grain, _state);

    public Task ClearStateAsync() => _storage.ClearStateAsync(_stateName, _grain, _state);
}
