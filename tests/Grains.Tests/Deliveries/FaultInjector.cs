using System.Collections.Concurrent;
using System.Data.Common;
using Orleans.Storage;
using Replays.Grains.Identity;

namespace Replays.Grains.Tests.Deliveries;

/// <summary>Wraps a grain storage so that chosen writes of chosen patients fail before or after they commit, or never return.</summary>
internal sealed class FaultInjector
{
    private readonly ConcurrentDictionary<string, InjectedFault> _faults = new();
    private WriteGate? _auditWrites;

    /// <summary>From now on, the patient's n-th write of a ledger page or a consultation fails.</summary>
    /// <param name="write">The number of the write, from 1.</param>
    /// <param name="committed">Whether the write fails after it commits, instead of before.</param>
    /// <param name="hangs">Whether the write never returns, instead of throwing.</param>
    /// <param name="persists">Whether every later write of a ledger page fails too.</param>
    public InjectedFault Inject(PatientId patient, int write, bool committed, bool hangs = false, bool persists = false) =>
        _faults[patient.Name] = new InjectedFault(write, committed, hangs, persists);

    public void Remove(PatientId patient) => _faults.TryRemove(patient.Name, out _);

    /// <summary>From now on, writes of audit trails wait until the gate opens.</summary>
    public WriteGate BlockAuditWrites() => _auditWrites = new();

    public IGrainStorage Wrap(IGrainStorage storage) => new FaultyStorage(this, storage);

    private InjectedFault? Find(string stateName, GrainId grain) => stateName is "ledger-page" or "consultation"
        && grain.Key.ToString()!.Split('/') is ["patients", var patient, ..] ? _faults.GetValueOrDefault($"patients/{patient}") : null;

    private sealed class FaultyStorage(FaultInjector injector, IGrainStorage storage) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            storage.ReadStateAsync(stateName, grainId, grainState);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            storage.ClearStateAsync(stateName, grainId, grainState);

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (stateName == "audit-page" && injector._auditWrites is { } gate)
                await gate.Wait();
            if (injector.Find(stateName, grainId) is not { } fault || !fault.AppliesTo(stateName))
            {
                await storage.WriteStateAsync(stateName, grainId, grainState);
                return;
            }
            if (fault.Committed)
                await storage.WriteStateAsync(stateName, grainId, grainState);
            fault.Occurred.TrySetResult();
            if (fault.Hangs)
                await new TaskCompletionSource().Task;
            throw new DatabaseUnavailableException();
        }
    }

    private sealed class DatabaseUnavailableException() : DbException("The database is unavailable.");
}
