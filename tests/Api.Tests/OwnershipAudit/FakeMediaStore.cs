using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Replays.Media.Stores;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>A store that holds only the lengths of its bodies.</summary>
internal sealed class FakeMediaStore : IMediaStore
{
    public ConcurrentDictionary<string, long> Sizes { get; } = [];

    /// <summary>Runs after all objects have been listed.</summary>
    public Func<Task> OnListed { get; set; } = () => Task.CompletedTask;

    public async IAsyncEnumerable<MediaObjectInfo> List([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (key, bytes) in Sizes.ToArray())
            yield return new(key, bytes, DateTimeOffset.UtcNow);
        await OnListed();
    }

    public Task<byte[]?> ReadCheckpoint(string objectKey, CancellationToken cancellationToken) =>
        Task.FromResult<byte[]?>(Sizes.ContainsKey(objectKey) ? [] : null);

    public Task<IMediaBody?> OpenBody(string objectKey, CancellationToken cancellationToken) =>
        Task.FromResult<IMediaBody?>(Sizes.TryGetValue(objectKey, out var bytes) ? new Body(bytes) : null);

    public Task<IMediaWriter> OpenWriter(string objectKey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task Delete(string objectKey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> Claim(string deployment, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task Probe(CancellationToken cancellationToken) => throw new NotSupportedException();

    private sealed class Body(long bytes) : IMediaBody
    {
        public long Length => bytes;

        public ValueTask ReadExactly(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync() => default;
    }
}
