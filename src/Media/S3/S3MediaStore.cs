using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Replays.Media.S3;

/// <summary>
/// Media in a bucket: <c>{object key}/body</c> and <c>{object key}/checkpoint</c>. One writer per object in this process; between
/// processes, <c>If-Match</c> on the checkpoint rejects the second writer. A bucket rule should abort incomplete multipart uploads after
/// some days: a crash immediately after starting one leaves it without a checkpoint.
/// </summary>
internal sealed class S3MediaStore : IMediaStore, IDisposable
{
    private const string Owner = "owner";

    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly ConcurrentDictionary<string, bool> _openWriters = new();

    public S3MediaStore(S3MediaOptions options)
    {
        _bucket = options.Bucket;
        var config = new AmazonS3Config
        {
            ServiceURL = options.ServiceUrl,
            AuthenticationRegion = options.Region,
            ForcePathStyle = true,
            MaxErrorRetry = 2,
            Timeout = TimeSpan.FromSeconds(30),

            // Not every service supports the newer checksums; GCM tags are stronger.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        _client = string.IsNullOrEmpty(options.AccessKey) ? new(config) : new(options.AccessKey, options.SecretKey, config);
    }

    public async Task<byte[]?> ReadCheckpoint(string objectKey, CancellationToken cancellation) =>
        (await S3Checkpoint.Read(_client, _bucket, CheckpointOf(objectKey), cancellation))?.Checkpoint;

    public async Task<IMediaWriter> OpenWriter(string objectKey, CancellationToken cancellation)
    {
        var checkpointKey = CheckpointOf(objectKey);
        if (!_openWriters.TryAdd(objectKey, true))
            throw new MediaStoreException(MediaStoreProblem.Busy);

        try
        {
            var checkpoint = await S3Checkpoint.Read(_client, _bucket, checkpointKey, cancellation);
            void Release() => _openWriters.TryRemove(objectKey, out _);
            return new S3MediaWriter(_client, _bucket, BodyOf(objectKey), checkpointKey, checkpoint, Release);
        }
        catch
        {
            _openWriters.TryRemove(objectKey, out _);
            throw;
        }
    }

    public async Task<IMediaBody?> OpenBody(string objectKey, CancellationToken cancellation)
    {
        var key = BodyOf(objectKey);
        return await Length(_client, _bucket, key, cancellation) is { } length ? new S3MediaBody(_client, _bucket, key, length) : null;
    }

    public async Task Delete(string objectKey, CancellationToken cancellation)
    {
        var checkpoint = await S3Checkpoint.Read(_client, _bucket, CheckpointOf(objectKey), cancellation);
        await Clear(_client, _bucket, BodyOf(objectKey), CheckpointOf(objectKey), checkpoint?.UploadId);
    }

    public async IAsyncEnumerable<MediaObjectInfo> List([EnumeratorCancellation] CancellationToken cancellation)
    {
        // Keys are ordered, so body and checkpoint of an object are adjacent.
        MediaObjectInfo? current = null;
        string? continuation = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = _bucket, ContinuationToken = continuation };
            var page = await S3Errors.Translate(() => _client.ListObjectsV2Async(request, cancellation));
            foreach (var item in page.S3Objects ?? [])
            {
                var key = item.Key.Split('/')[0];
                if (!MediaObjectKey.IsValid(key))
                    continue;

                var bytes = item.Key == BodyOf(key) ? item.Size ?? 0 : 0;
                var at = new DateTimeOffset((item.LastModified ?? DateTime.UnixEpoch).ToUniversalTime());
                if (current is { } same && same.ObjectKey == key)
                {
                    current = new(key, same.BodyBytes + bytes, at > same.ModifiedAt ? at : same.ModifiedAt);
                    continue;
                }

                if (current is { } previous)
                    yield return previous;

                current = new(key, bytes, at);
            }

            continuation = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (continuation is not null);

        if (current is { } last)
            yield return last;
    }

    public async Task<bool> Claim(string deployment, CancellationToken cancellation)
    {
        if (await Length(_client, _bucket, Owner, cancellation) is null)
        {
            await S3Errors.Translate(() => _client.PutObjectAsync(
                new() { BucketName = _bucket, Key = Owner, ContentBody = deployment, UseChunkEncoding = false }, cancellation));
        }

        return await S3Errors.Translate(async () =>
        {
            using var owner = await _client.GetObjectAsync(_bucket, Owner, cancellation);
            using var text = new StreamReader(owner.ResponseStream);
            return await text.ReadToEndAsync(cancellation) == deployment;
        });
    }

    public Task Probe(CancellationToken cancellation) => S3Errors.Translate(() => _client.PutObjectAsync(
        new() { BucketName = _bucket, Key = "probe", ContentBody = "1", UseChunkEncoding = false },
        cancellation));

    public void Dispose() => _client.Dispose();

    internal static async Task<long?> Length(AmazonS3Client client, string bucket, string key, CancellationToken cancellation)
    {
        try
        {
            return (await S3Errors.Translate(() => client.GetObjectMetadataAsync(bucket, key, cancellation))).ContentLength;
        }
        catch (MediaStoreException e) when (S3Errors.IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>Deletes the checkpoint last, so that an interrupted call can be repeated.</summary>
    internal static Task Clear(AmazonS3Client client, string bucket, string body, string checkpoint, string? uploadId) =>
        S3Errors.Translate(async () =>
    {
        if (uploadId is not null)
        {
            try
            {
                await client.AbortMultipartUploadAsync(bucket, body, uploadId);
            }
            catch (AmazonS3Exception)
            {
                // Completed or aborted earlier; the bucket rule removes any remains.
            }
        }

        await client.DeleteObjectAsync(bucket, body);
        await client.DeleteObjectAsync(bucket, checkpoint);
        return true;
    });

    private static string BodyOf(string objectKey) => MediaObjectKey.Require(objectKey) + "/body";

    private static string CheckpointOf(string objectKey) => MediaObjectKey.Require(objectKey) + "/checkpoint";
}
