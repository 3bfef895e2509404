using Replays.Media.Stores;

namespace Replays.Api.Tests.Media.Stores;

/// <summary>
/// A real store whose process stops at the n-th write: that one and all later ones fail, half of the failing write still reaches the store,
/// and nothing is tidied up afterwards.
/// </summary>
internal sealed class CrashingStore(IMediaStore store, int failAt) : IMediaStore
{
    private int _operations;

    public bool Crashed { get; private set; }

    public Task<byte[]?> ReadCheckpoint(string objectKey, CancellationToken cancellationToken) => store.ReadCheckpoint(objectKey, cancellationToken);

    public async Task<IMediaWriter> OpenWriter(string objectKey, CancellationToken cancellationToken)
    {
        Step();
        return new Writer(this, await store.OpenWriter(objectKey, cancellationToken));
    }

    public Task<IMediaBody?> OpenBody(string objectKey, CancellationToken cancellationToken) => store.OpenBody(objectKey, cancellationToken);

    public Task Delete(string objectKey, CancellationToken cancellationToken) => store.Delete(objectKey, cancellationToken);

    public IAsyncEnumerable<MediaObjectInfo> List(CancellationToken cancellationToken) => store.List(cancellationToken);

    public Task<bool> Claim(string deployment, CancellationToken cancellationToken) => store.Claim(deployment, cancellationToken);

    public Task Probe(CancellationToken cancellationToken) => store.Probe(cancellationToken);

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
            store.Step(); // done, but the answer never came
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
