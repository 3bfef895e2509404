using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;

namespace Replays.Media.S3;

/// <summary>
/// Uploads full parts immediately. The checkpoint lists the parts that count and holds the rest of the body. A part number is reused only
/// for a part that never counted.
/// </summary>
internal sealed class S3MediaWriter : IMediaWriter
{
    /// <summary>The minimum of S3; its limit of 10,000 parts allows 48 GiB.</summary>
    private const int PartBytes = 5 << 20;

    private readonly AmazonS3Client _client;
    private readonly string _bucket, _bodyKey, _checkpointKey;
    private readonly Action _release;
    private readonly List<string> _parts;
    private readonly byte[] _rest = ArrayPool<byte>.Shared.Rent(PartBytes);
    private int _restLength;
    private string? _uploadId, _etag;

    public S3MediaWriter(
        AmazonS3Client client, string bucket, string bodyKey, string checkpointKey, S3Checkpoint? checkpoint, Action release)
    {
        (_client, _bucket, _bodyKey, _checkpointKey, _release) = (client, bucket, bodyKey, checkpointKey, release);
        _uploadId = checkpoint?.UploadId;
        _parts = [.. checkpoint?.Parts ?? []];
        _etag = checkpoint?.ETag;
        Checkpoint = checkpoint?.Checkpoint;
        if (checkpoint is not null)
        {
            if (checkpoint.Rest.Length >= PartBytes)
                throw new MediaStoreException(MediaStoreProblem.Damaged);

            checkpoint.Rest.CopyTo(_rest);
            _restLength = checkpoint.Rest.Length;
        }
    }

    public byte[]? Checkpoint { get; private set; }

    private long Length => (long)_parts.Count * PartBytes + _restLength;

    public async ValueTask Write(long offset, ReadOnlyMemory<byte> bytes)
    {
        if (offset != Length)
            throw new MediaStoreException(MediaStoreProblem.Damaged);

        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, PartBytes - _restLength);
            bytes[..count].CopyTo(_rest.AsMemory(_restLength));
            _restLength += count;
            bytes = bytes[count..];
            if (_restLength == PartBytes)
                await UploadPart();
        }
    }

    public Task Commit(byte[] checkpoint) => Replace(checkpoint, _uploadId, _parts, _rest.AsMemory(0, _restLength));

    public async Task Complete(byte[] checkpoint)
    {
        // An earlier call may have completed the body already.
        var length = Length;
        if (await S3MediaStore.Length(_client, _bucket, _bodyKey, CancellationToken.None) != length)
        {
            if (_uploadId is null)
            {
                await S3Errors.Translate(() => _client.PutObjectAsync(Put(_bodyKey, new MemoryStream(_rest, 0, _restLength))));
            }
            else
            {
                if (_restLength > 0)
                    await UploadPart();

                var request = new CompleteMultipartUploadRequest { BucketName = _bucket, Key = _bodyKey, UploadId = _uploadId };
                request.AddPartETags(_parts.Select((etag, index) => new PartETag(index + 1, etag)));
                await S3Errors.Translate(() => _client.CompleteMultipartUploadAsync(request));
            }
        }

        await Replace(checkpoint, null, [], default);
    }

    public async Task Reset()
    {
        await S3MediaStore.Clear(_client, _bucket, _bodyKey, _checkpointKey, _uploadId);
        _parts.Clear();
        _restLength = 0;
        _uploadId = _etag = null;
        Checkpoint = null;
    }

    public ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_rest);
        _release();
        return default;
    }

    private async Task UploadPart()
    {
        _uploadId ??= (await S3Errors.Translate(() => _client.InitiateMultipartUploadAsync(_bucket, _bodyKey))).UploadId;
        var response = await S3Errors.Translate(() => _client.UploadPartAsync(new()
        {
            BucketName = _bucket,
            Key = _bodyKey,
            UploadId = _uploadId,
            PartNumber = _parts.Count + 1,
            PartSize = _restLength,
            InputStream = new MemoryStream(_rest, 0, _restLength),
            UseChunkEncoding = false,
        }));
        _parts.Add(response.ETag);
        _restLength = 0;
    }

    private async Task Replace(byte[] checkpoint, string? uploadId, IReadOnlyList<string> parts, ReadOnlyMemory<byte> rest)
    {
        var request = Put(_checkpointKey, new S3Checkpoint(uploadId, parts, rest, checkpoint, null).Write());
        if (_etag is null)
            request.IfNoneMatch = "*";
        else
            request.IfMatch = _etag;

        _etag = (await S3Errors.Translate(() => _client.PutObjectAsync(request))).ETag;
        Checkpoint = checkpoint;
    }

    private PutObjectRequest Put(string key, Stream content) =>
        new() { BucketName = _bucket, Key = key, InputStream = content, UseChunkEncoding = false };
}
