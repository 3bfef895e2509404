using System.Buffers;
using System.Security.Cryptography;
using Replays.Media.Stores;

namespace Replays.Media.Encryption;

/// <summary>
/// Recordings in and out of a store, encrypted. Everything streams: an upload or a playback holds about 2 MiB, whatever its size.
/// </summary>
/// <remarks>
/// Besides what they name, all methods throw <see cref="MediaStoreException"/> when the store fails or is full, and
/// <see cref="MediaIntegrityException"/> when what is stored is not what was written under this name and key.
/// </remarks>
/// <param name="store">Where the encrypted bytes are.</param>
/// <param name="longestSilence">How long an upload may bring nothing before it counts as interrupted. Default 30 s.</param>
public sealed class EncryptedMediaStore(IMediaStore store, TimeSpan? longestSilence = null)
{
    private readonly TimeSpan _idleTimeout = longestSilence ?? TimeSpan.FromSeconds(30);

    /// <summary>Bytes of an upload that are durable; 0 when nothing is there.</summary>
    public async Task<long> ReceivedBytes(MediaObject media, CancellationToken cancellationToken) =>
        (await ReadCheckpoint(media, cancellationToken))?.Length ?? 0;

    /// <summary>Takes bytes at <paramref name="offset"/> of an upload until the body ends. See <see cref="AppendStatus"/> for all that can happen.</summary>
    /// <param name="media">The recording.</param>
    /// <param name="offset">Where the client believes the upload to be.</param>
    /// <param name="body">Read once, to its end.</param>
    /// <param name="maxLength">Bytes that the whole upload may have.</param>
    /// <param name="checksum">When given, this append is all or nothing.</param>
    /// <param name="cancellationToken">Ends the reading of the body; what has arrived is still made durable.</param>
    public async Task<AppendResult> Append(
        MediaObject media,
        long offset,
        Stream body,
        long maxLength,
        UploadChecksum? checksum,
        CancellationToken cancellationToken)
    {
        IMediaWriter writer;
        try
        {
            writer = await store.OpenWriter(media.ObjectKey, cancellationToken);
        }
        catch (MediaStoreException e) when (e.Problem is MediaStoreProblem.Busy)
        {
            return new(AppendStatus.InProgress, await ReceivedBytes(media, cancellationToken));
        }

        await using (writer)
        {
            var checkpoint = Read(media, writer);
            if (checkpoint.State != UploadState.Open)
                return new(AppendStatus.Frozen, checkpoint.Length);

            if (offset != checkpoint.Length)
                return new(AppendStatus.OffsetMismatch, checkpoint.Length);

            await using var append = new MediaAppend(media, writer, checkpoint, _idleTimeout);
            return await append.Receive(body, maxLength, checksum, cancellationToken);
        }
    }

    /// <summary>Drops all that was uploaded, even when finished.</summary>
    /// <exception cref="MediaStoreException">Busy: an upload is under way.</exception>
    public async Task Reset(MediaObject media, CancellationToken cancellationToken)
    {
        await using var writer = await store.OpenWriter(media.ObjectKey, cancellationToken);
        await writer.Reset();
    }

    /// <summary>
    /// Freezes the upload: from now on no byte is accepted, whatever happens to this process; then writes the last segment. Repeatable: a call
    /// that was interrupted is completed by the next.
    /// </summary>
    /// <exception cref="MediaStoreException">Busy: an upload is under way.</exception>
    public async Task<MediaInfo> Finish(MediaObject media, CancellationToken cancellationToken)
    {
        if (await ReadCheckpoint(media, cancellationToken) is not { State: UploadState.Finished } finished)
        {
            await using var writer = await store.OpenWriter(media.ObjectKey, cancellationToken);
            finished = await Finish(media, writer, Read(media, writer));
        }

        return new(finished.Length, MediaFormat.EncryptedLength(finished.Length));
    }

    /// <summary>Reads a finished object from beginning to end: does it decrypt, how long is it, what is its digest.</summary>
    /// <param name="media">The recording.</param>
    /// <param name="progress">Told the number of bytes read so far, about once a MiB.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Verification> Verify(MediaObject media, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            if (await ReadCheckpoint(media, cancellationToken) is not { State: UploadState.Finished } checkpoint)
                return default;

            await using var stream = await Open(media, checkpoint, cancellationToken);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0; progress?.Report(stream.Position))
                hash.AppendData(buffer, 0, read);

            return new(true, checkpoint.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch (MediaIntegrityException)
        {
            return default;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>The plaintext of a finished object: seekable, read-only; a seek costs nothing until the next read. Not for concurrent use.</summary>
    /// <param name="media">The recording.</param>
    /// <param name="plaintextLength">The length that it was sealed with; any other is a defect.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="MediaIntegrityException">
    /// Here or from a read: it is missing, unfinished, of another length, or was tampered with. Thrown before a wrong byte is handed out.
    /// </exception>
    public async Task<Stream> OpenRead(MediaObject media, long plaintextLength, CancellationToken cancellationToken)
    {
        var checkpoint = await ReadCheckpoint(media, cancellationToken);
        return checkpoint is { State: UploadState.Finished } && checkpoint.Length == plaintextLength
            ? await Open(media, checkpoint, cancellationToken)
            : throw new MediaIntegrityException();
    }

    /// <summary>Deletes the object, even under an upload. Not there: nothing to do.</summary>
    public Task Delete(string objectKey, CancellationToken cancellationToken) => store.Delete(objectKey, cancellationToken);

    private static async Task<Checkpoint> Finish(MediaObject media, IMediaWriter writer, Checkpoint checkpoint)
    {
        if (checkpoint.State == UploadState.Finished)
            return checkpoint;

        if (checkpoint.State == UploadState.Open)
        {
            checkpoint = checkpoint with
            {
                State = UploadState.Frozen,
                Runs = [.. checkpoint.Runs, new(checkpoint.Segments, MediaFormat.NewSalt())],
            };
            await writer.Commit(checkpoint.Encrypt(media));
        }

        // Its plaintext and its key are in the checkpoint: however often this is repeated, the same bytes are written.
        var run = checkpoint.Runs[^1];
        var last = new byte[checkpoint.Tail.Length + MediaFormat.TagBytes];
        using (var cipher = MediaFormat.Run(media, run.Salt.Span))
            cipher.Encrypt(run.First, last: true, checkpoint.Tail.Span, last);

        await writer.Write(run.First * MediaFormat.EncryptedSegmentBytes, last);
        var finished = checkpoint with { State = UploadState.Finished, Tail = default };
        await writer.Complete(finished.Encrypt(media));
        return finished;
    }

    private static Checkpoint Read(MediaObject media, IMediaWriter writer) =>
        writer.Checkpoint is { } bytes ? Checkpoint.Decrypt(media, bytes) : Checkpoint.Empty;

    private async Task<Stream> Open(MediaObject media, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var body = await store.OpenBody(media.ObjectKey, cancellationToken) ?? throw new MediaIntegrityException();
        if (body.Length == MediaFormat.EncryptedLength(checkpoint.Length))
            return new MediaReadStream(media, checkpoint, body);

        await body.DisposeAsync();
        throw new MediaIntegrityException();
    }

    private async Task<Checkpoint?> ReadCheckpoint(MediaObject media, CancellationToken cancellationToken) =>
        await store.ReadCheckpoint(media.ObjectKey, cancellationToken) is { } bytes ? Checkpoint.Decrypt(media, bytes) : null;
}
