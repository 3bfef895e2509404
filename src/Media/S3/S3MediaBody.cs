using Amazon.S3;
using Amazon.S3.Model;
using Replays.Media.Stores;

namespace Replays.Media.S3;

/// <summary>Reads on in an answer that is open already; a window of it is asked for at a time, larger while reading goes on in sequence.</summary>
public sealed class S3MediaBody(AmazonS3Client client, string bucket, string key, long length) : IMediaBody
{
    private const long FirstWindow = 256 << 10, LargestWindow = 8 << 20;

    private GetObjectResponse? _answer;
    private long _position = -1, _end, _window;

    public long Length => length;

    public async ValueTask ReadExactly(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (offset + buffer.Length > length)
            throw new EndOfStreamException();

        while (buffer.Length > 0)
        {
            if (offset != _position || offset >= _end)
                await Ask(offset, buffer.Length, cancellationToken);

            var part = buffer[..(int)Math.Min(buffer.Length, _end - offset)];
            await S3MediaStore.Try(async () =>
            {
                await _answer!.ResponseStream.ReadExactlyAsync(part, cancellationToken);
                return true;
            });
            _position = offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    public ValueTask DisposeAsync()
    {
        _answer?.Dispose();
        return default;
    }

    private async Task Ask(long offset, int atLeast, CancellationToken cancellationToken)
    {
        _window = Math.Max(atLeast, offset == _position ? Math.Min(_window * 2, LargestWindow) : FirstWindow);
        _answer?.Dispose();
        _answer = null;
        _position = -1;
        var end = Math.Min(offset + _window, length);
        var request = new GetObjectRequest { BucketName = bucket, Key = key, ByteRange = new(offset, end - 1) };
        _answer = await S3MediaStore.Try(() => client.GetObjectAsync(request, cancellationToken));
        (_position, _end) = (offset, end);
    }
}
