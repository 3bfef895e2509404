using Amazon.S3;
using Amazon.S3.Model;

namespace Replays.Media.S3;

/// <summary>Requests one window of the body at a time and reads on from the open response. Sequential reads double the window.</summary>
internal sealed class S3MediaBody(AmazonS3Client client, string bucket, string key, long length) : IMediaBody
{
    private const long MinWindow = 256 << 10, MaxWindow = 8 << 20;

    private GetObjectResponse? _response;
    private long _position = -1, _end, _window;

    public long Length => length;

    public async ValueTask ReadExactly(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        if (offset + buffer.Length > length)
            throw new EndOfStreamException();

        while (buffer.Length > 0)
        {
            if (offset != _position || offset >= _end)
                await Request(offset, buffer.Length, cancellation);

            var part = buffer[..(int)Math.Min(buffer.Length, _end - offset)];
            await S3Errors.Translate(async () =>
            {
                await _response!.ResponseStream.ReadExactlyAsync(part, cancellation);
                return true;
            });
            _position = offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    public ValueTask DisposeAsync()
    {
        _response?.Dispose();
        return default;
    }

    private async Task Request(long offset, int minimum, CancellationToken cancellation)
    {
        _window = Math.Max(minimum, offset == _position ? Math.Min(_window * 2, MaxWindow) : MinWindow);
        _response?.Dispose();
        _response = null;
        _position = -1;
        var end = Math.Min(offset + _window, length);
        var request = new GetObjectRequest { BucketName = bucket, Key = key, ByteRange = new(offset, end - 1) };
        _response = await S3Errors.Translate(() => client.GetObjectAsync(request, cancellation));
        (_position, _end) = (offset, end);
    }
}
