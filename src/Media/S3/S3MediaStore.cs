using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Replays.Grains.Identity;
using Replays.Media.Stores;

namespace Replays.Media.S3;

/// <summary>
/// Media in a bucket: <c>{object key}/body</c> and <c>{object key}/checkpoint</c>. One writer an object in this process; between processes a
/// checkpoint is only replaced if it is the one that was read (<c>If-Match</c>), so of two writers one is refused. A bucket rule should abort incomplete
/// multipart uploads after some days: a crash right after beginning one leaves it without a checkpoint.
/// </summary>
public sealed class S3MediaStore : IMediaStore, IDisposable
{
    private const string Owner = "owner";

    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly ConcurrentDictionary<string, bool> _writing = new();

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

            // Not every service knows the newer checksums; GCM tags say more than they would.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        _client = string.IsNullOrEmpty(options.AccessKey) ? new(config) : new(options.AccessKey, options.SecretKey, config);
    }

    public async Task<byte[]?> ReadCheckpoint(string objectKey, CancellationToken cancellationToken) =>
        (await S3Checkpoint.Read(_client, _bucket, CheckpointOf(objectKey), cancellationToken))?.Checkpoint;

    public async Task<IMediaWriter> OpenWriter(string objectKey, CancellationToken cancellationToken)
    {
        var checkpointKey = CheckpointOf(objectKey);
        if (!_writing.TryAdd(objectKey, true))
            throw new MediaStoreException(MediaStoreProblem.Busy);

        try
        {
            var checkpoint = await S3Checkpoint.Read(_client, _bucket, checkpointKey, cancellationToken);
            return new S3MediaWriter(_client, _bucket, BodyOf(objectKey), checkpointKey, checkpoint, () => _writing.TryRemove(objectKey, out _));
        }
        catch
        {
            _writing.TryRemove(objectKey, out _);
            throw;
        }
    }

    public async Task<IMediaBody?> OpenBody(string objectKey, CancellationToken cancellationToken)
    {
        var key = BodyOf(objectKey);
        return await Length(_client, _bucket, key, cancellationToken) is { } length ? new S3MediaBody(_client, _bucket, key, length) : null;
    }

    public async Task Delete(string objectKey, CancellationToken cancellationToken)
    {
        var checkpoint = await S3Checkpoint.Read(_client, _bucket, CheckpointOf(objectKey), cancellationToken);
        await Clear(_client, _bucket, BodyOf(objectKey), CheckpointOf(objectKey), checkpoint?.UploadId);
    }

    public async IAsyncEnumerable<MediaObjectInfo> List([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Keys come in order, so body and checkpoint of an object are neighbours.
        MediaObjectInfo? current = null;
        string? continuation = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = _bucket, ContinuationToken = continuation };
            var page = await Try(() => _client.ListObjectsV2Async(request, cancellationToken));
            foreach (var item in page.S3Objects ?? [])
            {
                var key = item.Key.Split('/')[0];
                if (!MediaObjectKey.IsValid(key))
                    continue;

                var bytes = item.Key == BodyOf(key) ? item.Size ?? 0 : 0;
                var at = new DateTimeOffset((item.LastModified ?? DateTime.UnixEpoch).ToUniversalTime());
                if (current is { } before && before.ObjectKey == key)
                {
                    current = new(key, before.BodyBytes + bytes, at > before.ModifiedAt ? at : before.ModifiedAt);
                    continue;
                }

                if (current is { } whole)
                    yield return whole;

                current = new(key, bytes, at);
            }

            continuation = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (continuation is not null);

        if (current is { } last)
            yield return last;
    }

    public async Task<bool> Claim(string deployment, CancellationToken cancellationToken)
    {
        if (await Length(_client, _bucket, Owner, cancellationToken) is null)
        {
            await Try(() => _client.PutObjectAsync(
                new() { BucketName = _bucket, Key = Owner, ContentBody = deployment, UseChunkEncoding = false }, cancellationToken));
        }

        return await Try(async () =>
        {
            using var owner = await _client.GetObjectAsync(_bucket, Owner, cancellationToken);
            using var text = new StreamReader(owner.ResponseStream);
            return await text.ReadToEndAsync(cancellationToken) == deployment;
        });
    }

    public Task Probe(CancellationToken cancellationToken) => Try(() => _client.PutObjectAsync(
        new() { BucketName = _bucket, Key = "probe", ContentBody = "1", UseChunkEncoding = false },
        cancellationToken));

    public void Dispose() => _client.Dispose();

    internal static async Task<long?> Length(AmazonS3Client client, string bucket, string key, CancellationToken cancellationToken)
    {
        try
        {
            return (await Try(() => client.GetObjectMetadataAsync(bucket, key, cancellationToken))).ContentLength;
        }
        catch (MediaStoreException e) when (IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>The checkpoint goes last: as long as it is there, this can be repeated.</summary>
    internal static Task Clear(AmazonS3Client client, string bucket, string body, string checkpoint, string? uploadId) => Try(async () =>
    {
        if (uploadId is not null)
        {
            try
            {
                await client.AbortMultipartUploadAsync(bucket, body, uploadId);
            }
            catch (AmazonS3Exception)
            {
                // Completed, or aborted before; what remains is for the bucket's rule.
            }
        }

        await client.DeleteObjectAsync(bucket, body);
        await client.DeleteObjectAsync(bucket, checkpoint);
        return true;
    });

    internal static bool IsMissing(MediaStoreException e) =>
        e.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" };

    /// <summary>An answer that broke off, has a wrong checksum, or headers that the client can't read: of these it throws what its parsing does.</summary>
    internal static bool IsBrokenAnswer(Exception exception) =>
        exception is IOException or AmazonClientException or ArgumentException or FormatException;

    internal static async Task<T> Try<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
        {
            throw new MediaStoreException(MediaStoreProblem.Busy, e);
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.InsufficientStorage || e.ErrorCode is "QuotaExceeded")
        {
            throw new MediaStoreException(MediaStoreProblem.Full, e);
        }
        catch (Exception e) when (IsBrokenAnswer(e) || e is AmazonServiceException or HttpRequestException or SocketException or TimeoutException)
        {
            throw new MediaStoreException(MediaStoreProblem.Unavailable, e);
        }
    }

    private static string BodyOf(string objectKey) => MediaObjectKey.Require(objectKey) + "/body";

    private static string CheckpointOf(string objectKey) => MediaObjectKey.Require(objectKey) + "/checkpoint";
}
