using System.Globalization;
using Orleans.Runtime;
using Orleans.Storage;
using Replays.Simulation.Faults;
using Replays.Simulation.Runtime;

namespace Replays.Simulation.Stores;

/// <summary>
/// The grain state table: immutable records by reference, versions as ETags. A cleared row stays, without a value, as in AdoNet.
/// </summary>
internal sealed class SimulatedGrainStorage(FaultInjector faults, SimulatedCluster cluster) : IGrainStorage
{
    private readonly Dictionary<(string State, string Key), Row> _rows = [];

    /// <summary>Sees every change when it commits: state name, key, the value before, the value after.</summary>
    public Action<string, string, object?, object?>? Committed { get; set; }

    public IEnumerable<(string State, string Key)> Keys => _rows.Keys;

    public T? Find<T>(string stateName, string key) where T : class => _rows.GetValueOrDefault((stateName, key))?.Value as T;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        cluster.ThrowIfDead();
        var row = _rows.GetValueOrDefault((stateName, grainId.Key.ToString()!));
        grainState.State = row?.Value is T value ? value : Initial<T>();
        grainState.RecordExists = row?.Value is not null;
        grainState.ETag = row?.ETag;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Write(stateName, grainId, grainState, grainState.State);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Write(stateName, grainId, grainState, null);
        (grainState.State, grainState.RecordExists) = (Initial<T>(), false);
        return Task.CompletedTask;
    }

    private void Write<T>(string stateName, GrainId grainId, IGrainState<T> grainState, object? value)
    {
        var key = grainId.Key.ToString()!;
        grainState.ETag = faults.Around(EffectKind.Database, $"write {stateName} {key}", () =>
        {
            var row = _rows.GetValueOrDefault((stateName, key));
            if (row?.ETag != grainState.ETag)
            {
                if (cluster.Current is { } writer)
                    writer.HasVersionConflict = true;
                throw new InconsistentStateException("Version conflict.", row?.ETag, grainState.ETag);
            }
            var next = new Row(value, ((row?.Version ?? 0) + 1));
            _rows[(stateName, key)] = next;
            Committed?.Invoke(stateName, key, row?.Value, value);
            return next.ETag;
        });
    }

    /// <summary>A state class with a parameterless constructor starts as a new one; others are null.</summary>
    private static T Initial<T>() => typeof(T).GetConstructor(Type.EmptyTypes) is null ? default! : Activator.CreateInstance<T>();

    private sealed record Row(object? Value, int Version)
    {
        public string ETag { get; } = Version.ToString(CultureInfo.InvariantCulture);
    }
}
