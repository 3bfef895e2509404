using Amazon.S3;

namespace Replays.Media.S3;

/// <summary>The content of a checkpoint object.</summary>
/// <param name="UploadId">The multipart upload; null without one.</param>
/// <param name="Parts">ETags of the parts that count.</param>
/// <param name="Rest">Bytes of the body that do not fill a part yet.</param>
/// <param name="Checkpoint">The caller's checkpoint.</param>
/// <param name="ETag">As read; null for a new object.</param>
internal sealed record S3Checkpoint(
    string? UploadId,
    IReadOnlyList<string> Parts,
    ReadOnlyMemory<byte> Rest,
    byte[] Checkpoint,
    string? ETag)
{
    /// <summary>Limits all attempts together, because callers cannot continue without the checkpoint.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static async Task<S3Checkpoint?> Read(AmazonS3Client client, string bucket, string key, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(Timeout);
        try
        {
            return await S3Errors.Translate(() => Fetch(client, bucket, key, timeout.Token));
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new MediaStoreException(MediaStoreProblem.Unavailable, e);
        }
        catch (MediaStoreException e) when (S3Errors.IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>The client retries failed requests but not broken responses; those are retried once here.</summary>
    private static async Task<S3Checkpoint?> Fetch(AmazonS3Client client, string bucket, string key, CancellationToken cancellation)
    {
        try
        {
            return await FetchOnce(client, bucket, key, cancellation);
        }
        catch (Exception e) when (S3Errors.IsBrokenResponse(e))
        {
            return await FetchOnce(client, bucket, key, cancellation);
        }
    }

    private static async Task<S3Checkpoint?> FetchOnce(AmazonS3Client client, string bucket, string key, CancellationToken cancellation)
    {
        using var response = await client.GetObjectAsync(bucket, key, cancellation);
        var bytes = new byte[response.ContentLength];
        await response.ResponseStream.ReadExactlyAsync(bytes, cancellation);
        return Parse(bytes, response.ETag);
    }

    public MemoryStream Write()
    {
        var stream = new MemoryStream(Rest.Length + Checkpoint.Length + Parts.Count * 40 + 256);
        var writer = new BinaryWriter(stream);
        writer.Write(UploadId ?? "");
        writer.Write(Parts.Count);
        foreach (var part in Parts)
            writer.Write(part);

        writer.Write(Rest.Length);
        writer.Write(Rest.Span);
        writer.Write(Checkpoint.Length);
        writer.Write(Checkpoint);
        stream.Position = 0;
        return stream;
    }

    private static S3Checkpoint Parse(byte[] bytes, string etag)
    {
        try
        {
            var reader = new BinaryReader(new MemoryStream(bytes));
            var uploadId = reader.ReadString();
            List<string> parts = [];
            for (var count = reader.ReadInt32(); count > 0; count--)
                parts.Add(reader.ReadString());

            var rest = reader.ReadBytes(reader.ReadInt32());
            return new(uploadId.Length == 0 ? null : uploadId, parts, rest, reader.ReadBytes(reader.ReadInt32()), etag);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new MediaStoreException(MediaStoreProblem.Damaged, e);
        }
    }
}
