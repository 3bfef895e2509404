using System.Collections.Concurrent;
using System.Data.Common;
using Orleans.Storage;
using Replays.Grains.Identity;

namespace Replays.Grains.Tests.Deliveries;

/// <summary>A storage that fails for chosen patients at a chosen write, before or after it commits, or never comes back from it.</summary>
internal sealed class FaultInjector
{
    private readonly ConcurrentDictionary<string, InjectedFault> _strikes = new();
    private HeldTrails? _trails;

    /// <summary>From now on, this patient's n-th write of a ledger page or a consultation is struck.</summary>
    public InjectedFault InjectedFault(PatientId patient, int write, bool committed, bool freezes = false, bool lasts = false) =>
        _strikes[patient.Name] = new InjectedFault(write, committed, freezes, lasts);

    public void Pass(PatientId patient) => _strikes.TryRemove(patient.Name, out _);

    /// <summary>From now on, writes of audit trails wait for what this returns to be released.</summary>
    public HeldTrails HoldTrails() => _trails = new();

    public IGrainStorage Around(IGrainStorage storage) => new Storage(this, storage);

    private InjectedFault? Find(string stateName, GrainId grain) => stateName is "ledger-page" or "consultation"
        && grain.Key.ToString()!.Split('/') is ["patients", var patient, ..] ? _strikes.GetValueOrDefault($"patients/{patient}") : null;

    private sealed class Storage(FaultInjector storm, IGrainStorage storage) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            storage.ReadStateAsync(stateName, grainId, grainState);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            storage.ClearStateAsync(stateName, grainId, grainState);

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (stateName == "audit-page" && storm._trails is { } trails)
                await trails.Pass();
            if (storm.Find(stateName, grainId) is not { } strike || !strike.Hits(stateName))
            {
                await storage.WriteStateAsync(stateName, grainId, grainState);
                return;
            }
            if (strike.Committed)
                await storage.WriteStateAsync(stateName, grainId, grainState);
            strike.Struck.TrySetResult();
            if (strike.Freezes)
                await new TaskCompletionSource().Task;
            throw new DatabaseGone();
        }
    }

    private sealed class DatabaseGone() : DbException("The database is gone.");
}

internal sealed class HeldTrails
{
    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once a write waits.</summary>
    public Task Waits => _waits.Task;

    public void Release() => _released.SetResult();

    public Task Pass()
    {
        _waits.TrySetResult();
        return _released.Task;
    }
}

internal sealed class InjectedFault(int write, bool committed, bool freezes, bool lasts)
{
    private int _writes;

    public bool Committed => committed;

    public bool Freezes => freezes;

    public TaskCompletionSource Struck { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The n-th write, and with one that lasts every later one of a ledger page.</summary>
    public bool Hits(string stateName)
    {
        var now = Interlocked.Increment(ref _writes);
        return now == write || lasts && now > write && stateName == "ledger-page";
    }
}
