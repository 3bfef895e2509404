using Replays.Grains.Consultations;

namespace Replays.Media.Stores;

/// <summary>
/// Where encrypted media lie. A store knows object keys and opaque bytes: no names, no keys, no plaintext.
/// An object is a body, appended to by one writer at a time, and a checkpoint: a small blob, replaced atomically, that says how much
/// of the body counts. Bytes of the body beyond what the last checkpoint covers never happened.
/// </summary>
/// <remarks>Every method throws <see cref="MediaStoreException"/> when the store can't do it, with the reason as its problem.</remarks>
public interface IMediaStore : IMediaObjects
{
    /// <summary>The last durable checkpoint; null when there is no such object.</summary>
    Task<byte[]?> ReadCheckpoint(string objectKey, CancellationToken cancellationToken);

    /// <summary>
    /// Opens an object for writing, creating it when it is not there, and keeps every other writer out until it is disposed:
    /// those get <see cref="MediaStoreProblem.Busy"/>.
    /// </summary>
    Task<IMediaWriter> OpenWriter(string objectKey, CancellationToken cancellationToken);

    /// <summary>Opens the body of a completed object; null when it is not there.</summary>
    Task<IMediaBody?> OpenBody(string objectKey, CancellationToken cancellationToken);

    /// <summary>All objects, finished or not, in no particular order; streamed, so that memory stays bounded.</summary>
    IAsyncEnumerable<MediaObjectInfo> List(CancellationToken cancellationToken);

    /// <summary>Makes a store that is nobody's yet that of <paramref name="deployment"/>, for good.</summary>
    /// <returns>Whether it is that deployment's.</returns>
    Task<bool> Claim(string deployment, CancellationToken cancellationToken);

    /// <summary>Returns when the store answers and can be written to; throws otherwise.</summary>
    Task Probe(CancellationToken cancellationToken);
}
