namespace Replays.Api.Tests.Media.Stores;

/// <summary>A request body whose client disconnects after these bytes.</summary>
internal sealed class AbortedStream(ReadOnlyMemory<byte> bytes) : MemoryStream(bytes.ToArray())
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default) =>
        await base.ReadAsync(buffer, cancellation) is > 0 and var read
            ? read
            : throw new IOException("The client reset the request stream.");
}
