using Amazon.S3;
using Replays.Media.Stores;

namespace Replays.Media.S3;

/// <summary>What a checkpoint object holds: the parts that count, the bytes of the body that don't fill a part yet, and the vault's checkpoint.</summary>
public sealed record S3Checkpoint(string? UploadId, IReadOnlyList<string> Parts, ReadOnlyMemory<byte> Rest, byte[] Checkpoint, string? ETag)
{
    /// <summary>Whoever needs a checkpoint can't go on without it: all attempts together take no longer.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static async Task<S3Checkpoint?> Read(AmazonS3Client client, string bucket, string key, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Timeout);
        try
        {
            return await S3MediaStore.Try(() => Fetch(client, bucket, key, patience.Token));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MediaStoreException(MediaStoreProblem.Unavailable, e);
        }
        catch (MediaStoreException e) when (S3MediaStore.IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>The client repeats a request that failed, but not an answer that broke off, makes no sense, or has a wrong checksum: that is asked for once more.</summary>
    private static async Task<S3Checkpoint?> Fetch(AmazonS3Client client, string bucket, string key, CancellationToken cancellationToken)
    {
        try
        {
            return await FetchOnce(client, bucket, key, cancellationToken);
        }
        catch (Exception e) when (S3MediaStore.IsBrokenAnswer(e))
        {
            return await FetchOnce(client, bucket, key, cancellationToken);
        }
    }

    private static async Task<S3Checkpoint?> FetchOnce(AmazonS3Client client, string bucket, string key, CancellationToken cancellationToken)
    {
        using var response = await client.GetObjectAsync(bucket, key, cancellationToken);
        var bytes = new byte[response.ContentLength];
        await response.ResponseStream.ReadExactlyAsync(bytes, cancellationToken);
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
