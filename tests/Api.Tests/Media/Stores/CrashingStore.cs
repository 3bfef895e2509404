using Replays.Media.Stores;

namespace Replays.Api.Tests.Media.Stores;

/// <summary>
/// Simulates a process crash at the n-th operation on a real store: that one and all later ones fail, half of a failing write still reaches
/// the store, and nothing is cleaned up.
/// </summary>
internal sealed class CrashingStore(IMediaStore store, int failAt) : IMediaStore
{
    private int _operations;

    public bool Crashed { get; private set; }

    public Task<byte[]?> ReadCheckpoint(string objectKey, CancellationToken cancellation) => store.ReadCheckpoint(objectKey, cancellation);

    public async Task<IMediaWriter> OpenWriter(string objectKey, CancellationToken cancellation)
    {
        Step();
        return new Writer(this, await store.OpenWriter(objectKey, cancellation));
    }

    public Task<IMediaBody?> OpenBody(string objectKey, CancellationToken cancellation) => store.OpenBody(objectKey, cancellation);

    public Task Delete(string objectKey, CancellationToken cancellation) => store.Delete(objectKey, cancellation);

    public IAsyncEnumerable<MediaObjectInfo> List(CancellationToken cancellation) => store.List(cancellation);

    public Task<bool> Claim(string deployment, CancellationToken cancellation) => store.Claim(deployment, cancellation);

    public Task Probe(CancellationToken cancellation) => store.Probe(cancellation);

    private void Step()
    {
        Crashed |= _operations++ == failAt;
        if (Crashed)
            throw new MediaStoreException(MediaStoreProblem.Unavailable);
    }

    private sealed class Writer(CrashingStore store, IMediaWriter writer) : IMediaWriter
    {
        public byte[]? Checkpoint => writer.Checkpoint;

        public async ValueTask Write(long offset, ReadOnlyMemory<byte> bytes)
        {
            try
            {
                store.Step();
            }
            catch (MediaStoreException)
            {
                await writer.Write(offset, bytes[..(bytes.Length / 2)]);
                throw;
            }

            await writer.Write(offset, bytes);
        }

        public async Task Commit(byte[] checkpoint)
        {
            store.Step();
            await writer.Commit(checkpoint);
            store.Step(); // committed, but the response is lost
        }

        public async Task Complete(byte[] checkpoint)
        {
            store.Step();
            await writer.Complete(checkpoint);
            store.Step();
        }

        public Task Reset() => writer.Reset();

        public ValueTask DisposeAsync() => writer.DisposeAsync();
    }
}
