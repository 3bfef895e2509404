namespace Replays.Api.Tests.Media.Stores;

/// <summary>A request body that blocks before its first byte until it is opened.</summary>
internal sealed class GatedStream(ReadOnlyMemory<byte> bytes) : MemoryStream(bytes.ToArray())
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task;

    public void Open() => _open.SetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        _reached.TrySetResult();
        await _open.Task.WaitAsync(cancellation);
        return await base.ReadAsync(buffer, cancellation);
    }
}
