namespace Replays.Grains.Tests.Deliveries;

/// <summary>Holds writes back until it opens.</summary>
internal sealed class WriteGate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once a write waits.</summary>
    public Task Reached => _reached.Task;

    public void Open() => _open.SetResult();

    public Task Wait()
    {
        _reached.TrySetResult();
        return _open.Task;
    }
}
