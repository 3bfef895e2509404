namespace Replays.Api.Tests.Media.Stores;

/// <summary>A request body whose client goes away after these bytes.</summary>
internal sealed class CutStream(ReadOnlyMemory<byte> bytes) : MemoryStream(bytes.ToArray())
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The client reset the request stream.");
}
