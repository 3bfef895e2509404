namespace Replays.Grains.Tests.Deliveries;

/// <inheritdoc cref="FaultInjector.Inject"/>
internal sealed class InjectedFault(int write, bool committed, bool hangs, bool persists)
{
    private int _writes;

    public bool Committed => committed;

    public bool Hangs => hangs;

    public TaskCompletionSource Occurred { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Counts a write, and returns whether it fails.</summary>
    public bool AppliesTo(string stateName)
    {
        var number = Interlocked.Increment(ref _writes);
        return number == write || persists && number > write && stateName == "ledger-page";
    }
}
