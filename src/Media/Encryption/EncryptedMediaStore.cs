using System.Buffers;
using System.Security.Cryptography;

namespace Replays.Media.Encryption;

/// <summary>Encrypts recordings into a store and decrypts them from it. An upload or playback of any size needs about 2 MiB of memory.</summary>
/// <remarks>
/// Methods throw <see cref="MediaStoreException"/> when the store fails. Methods that decrypt throw <see cref="MediaIntegrityException"/> when
/// the stored bytes are not those written under the recording's name and key.
/// </remarks>
/// <param name="idleTimeout">An upload that receives nothing for this long counts as interrupted. Default: 30 s.</param>
public sealed class EncryptedMediaStore(IMediaStore store, TimeSpan? idleTimeout = null)
{
    private readonly TimeSpan _idleTimeout = idleTimeout ?? TimeSpan.FromSeconds(30);

    /// <summary>The number of durable bytes; 0 when no upload exists.</summary>
    public async Task<long> ReceivedBytes(MediaObject media, CancellationToken cancellation) =>
        (await ReadCheckpoint(media, cancellation))?.Length ?? 0;

    /// <summary>Appends the body to an upload at <paramref name="offset"/>.</summary>
    /// <param name="offset">The offset at which the client continues.</param>
    /// <param name="body">Read once, to its end.</param>
    /// <param name="maxLength">Maximum length of the whole upload in bytes.</param>
    /// <param name="checksum">When given, nothing is kept unless it matches.</param>
    public async Task<AppendResult> Append(
        MediaObject media, long offset, Stream body, long maxLength, UploadChecksum? checksum, CancellationToken cancellation)
    {
        IMediaWriter writer;
        try
        {
            writer = await store.OpenWriter(media.ObjectKey, cancellation);
        }
        catch (MediaStoreException e) when (e.Problem is MediaStoreProblem.Busy)
        {
            return new(AppendStatus.InProgress, await ReceivedBytes(media, cancellation));
        }

        await using (writer)
        {
            var checkpoint = Read(media, writer);
            if (checkpoint.State != UploadState.Open)
                return new(AppendStatus.Frozen, checkpoint.Length);

            if (offset != checkpoint.Length)
                return new(AppendStatus.OffsetMismatch, checkpoint.Length);

            await using var append = new MediaAppend(media, writer, checkpoint, _idleTimeout);
            return await append.Receive(body, maxLength, checksum, cancellation);
        }
    }

    /// <summary>Deletes what was uploaded, even if finished, so that the upload can start again.</summary>
    /// <exception cref="MediaStoreException">Busy: an upload is in progress.</exception>
    public async Task Reset(MediaObject media, CancellationToken cancellation)
    {
        await using var writer = await store.OpenWriter(media.ObjectKey, cancellation);
        await writer.Reset();
    }

    /// <summary>Freezes the upload durably, then writes the last segment. Calling it again completes an interrupted call.</summary>
    /// <exception cref="MediaStoreException">Busy: an upload is in progress.</exception>
    public async Task Finish(MediaObject media, CancellationToken cancellation)
    {
        if (await ReadCheckpoint(media, cancellation) is { State: UploadState.Finished })
            return;

        await using var writer = await store.OpenWriter(media.ObjectKey, cancellation);
        var checkpoint = Read(media, writer);
        if (checkpoint.State == UploadState.Finished)
            return;

        if (checkpoint.State == UploadState.Open)
        {
            IReadOnlyList<Run> runs = [.. checkpoint.Runs, new(checkpoint.Segments, MediaFormat.NewSalt())];
            checkpoint = checkpoint with { State = UploadState.Frozen, Runs = runs };
            await writer.Commit(checkpoint.Encrypt(media));
        }

        // Plaintext and salt are in the checkpoint, so every repetition writes the same bytes.
        var run = checkpoint.Runs[^1];
        var last = new byte[checkpoint.Tail.Length + MediaFormat.TagBytes];
        using (var cipher = MediaFormat.Run(media, run.Salt.Span))
            cipher.Encrypt(run.First, last: true, checkpoint.Tail.Span, last);

        await writer.Write(run.First * MediaFormat.EncryptedSegmentBytes, last);
        await writer.Complete((checkpoint with { State = UploadState.Finished, Tail = default }).Encrypt(media));
    }

    /// <summary>Decrypts a finished object from beginning to end and computes its digest.</summary>
    /// <param name="progress">Receives the number of bytes read, about once per MiB.</param>
    public async Task<Verification> Verify(MediaObject media, IProgress<long>? progress, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            if (await ReadCheckpoint(media, cancellation) is not { State: UploadState.Finished } checkpoint)
                return default;

            await using var stream = await Open(media, checkpoint, cancellation);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0; progress?.Report(stream.Position))
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

    /// <summary>Opens the plaintext of a finished object, read-only and seekable. Seeking needs no I/O. Not for concurrent use.</summary>
    /// <exception cref="MediaIntegrityException">Thrown here or by a later read if the object is missing, unfinished, altered or of another length.</exception>
    public async Task<Stream> OpenRead(MediaObject media, long plaintextLength, CancellationToken cancellation)
    {
        var checkpoint = await ReadCheckpoint(media, cancellation);
        return checkpoint is { State: UploadState.Finished } && checkpoint.Length == plaintextLength
            ? await Open(media, checkpoint, cancellation)
            : throw new MediaIntegrityException();
    }

    /// <summary>Deletes the object, even during an upload. Does nothing if it does not exist.</summary>
    public Task Delete(string objectKey, CancellationToken cancellation) => store.Delete(objectKey, cancellation);

    private static Checkpoint Read(MediaObject media, IMediaWriter writer) =>
        writer.Checkpoint is { } bytes ? Checkpoint.Decrypt(media, bytes) : Checkpoint.Empty;

    private async Task<Stream> Open(MediaObject media, Checkpoint checkpoint, CancellationToken cancellation)
    {
        var body = await store.OpenBody(media.ObjectKey, cancellation) ?? throw new MediaIntegrityException();
        if (body.Length == MediaFormat.EncryptedLength(checkpoint.Length))
            return new MediaReadStream(media, checkpoint, body);

        await body.DisposeAsync();
        throw new MediaIntegrityException();
    }

    private async Task<Checkpoint?> ReadCheckpoint(MediaObject media, CancellationToken cancellation) =>
        await store.ReadCheckpoint(media.ObjectKey, cancellation) is { } bytes ? Checkpoint.Decrypt(media, bytes) : null;
}
