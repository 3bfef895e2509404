using System.Collections.Concurrent;
using System.Data.Common;
using Orleans.Storage;
using Replays.Grains.Storage;

namespace Replays.Data.GrainStorage;

/// <summary>
/// Refuses every key and state name under which the AdoNet provider would mix up rows: it stores a key that reads as a GUID or a hexadecimal
/// number as that number, so that <c>a</c> and <c>A</c>, or <c>1</c> and <c>01</c>, share one row, and it does not store the grain's type
/// at all, so that two types with one state name do too.
/// </summary>
internal sealed class GuardedGrainStorage(IGrainStorage storage) : IGrainStorage
{
    private readonly ConcurrentDictionary<string, GrainType> _owners = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        Check(stateName, grainId);
        try
        {
            await storage.ReadStateAsync(stateName, grainId, grainState, cancellationToken);
        }
        catch (DbException)
        {
            // An activation reads its state before any call filter is passed: what the driver throws would not reach the caller, on another silo.
            throw new StorageUnavailableException();
        }
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        Check(stateName, grainId);
        return storage.WriteStateAsync(stateName, grainId, grainState, cancellationToken);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        Check(stateName, grainId);
        return storage.ClearStateAsync(stateName, grainId, grainState, cancellationToken);
    }

    private void Check(string stateName, GrainId grainId)
    {
        if (grainId.TryGetGuidKey(out _, out _) || grainId.TryGetIntegerKey(out _, out _) || Guid.TryParse(grainId.Key.AsSpan(), out _))
            throw new InvalidOperationException($"A grain of type {grainId.Type} has a key that could share a row with another; prefix its key.");
        if (_owners.GetOrAdd(stateName, grainId.Type) is var owner && owner != grainId.Type)
            throw new InvalidOperationException($"The state name '{stateName}' is used by grain types {owner} and {grainId.Type}; use one each.");
    }
}
