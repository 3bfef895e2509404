using System.Collections.Concurrent;
using Orleans.Storage;
using Replays.Grains.Storage;

namespace Replays.Data.GrainStorage;

/// <summary>
/// Rejects keys and state names for which the AdoNet provider is not injective. It stores keys that parse as a GUID or a hexadecimal number
/// in parsed form, so that <c>a</c> and <c>A</c>, or <c>1</c> and <c>01</c>, share a row. It does not store the grain type, so that two
/// types with the same state name share rows.
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
            // Activation reads state before call filters run, and the driver's exception cannot be serialized to a caller on another silo.
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
            throw new InvalidOperationException($"The key of a grain of type {grainId.Type} is not unique in storage. Prefix the key.");
        if (_owners.GetOrAdd(stateName, grainId.Type) is var owner && owner != grainId.Type)
            throw new InvalidOperationException(
                $"Grain types {owner} and {grainId.Type} both use the state name '{stateName}'. Rename one.");
    }
}
