using Replays.Grains.Consultations;

namespace Replays.Media.Stores;

/// <summary>
/// Stores encrypted media. A store sees object keys and opaque bytes: no names, no keys, no plaintext. An object is a body, appended to by
/// one writer at a time, and a checkpoint: a small blob, replaced atomically, that determines how much of the body counts. Bytes beyond the
/// last checkpoint do not.
/// </summary>
/// <remarks>Every method throws <see cref="MediaStoreException"/> when the store fails.</remarks>
public interface IMediaStore : IMediaObjects
{
    /// <summary>The last durable checkpoint; null if there is no such object.</summary>
    Task<byte[]?> ReadCheckpoint(string objectKey, CancellationToken cancellation);

    /// <summary>Opens or creates an object. Until disposal, other writers get <see cref="MediaStoreProblem.Busy"/>.</summary>
    Task<IMediaWriter> OpenWriter(string objectKey, CancellationToken cancellation);

    /// <summary>Opens the body of a completed object; null if there is none.</summary>
    Task<IMediaBody?> OpenBody(string objectKey, CancellationToken cancellation);

    /// <summary>Streams all objects, finished or not, in no particular order.</summary>
    IAsyncEnumerable<MediaObjectInfo> List(CancellationToken cancellation);

    /// <summary>Assigns an unclaimed store to <paramref name="deployment"/> permanently.</summary>
    /// <returns>Whether the store belongs to that deployment.</returns>
    Task<bool> Claim(string deployment, CancellationToken cancellation);

    /// <summary>Checks that the store is reachable and writable; throws otherwise.</summary>
    Task Probe(CancellationToken cancellation);
}
