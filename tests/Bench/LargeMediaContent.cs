using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Replays.Api.Tests.Http;

namespace Replays.Bench;

/// <summary>A valid MP4 of any size: a clip, followed by a box that players skip, filled with one repeated MiB of noise.</summary>
internal sealed class LargeMediaContent : HttpContent
{
    public const int MiB = 1 << 20;

    private static readonly byte[] Noise = RandomNumberGenerator.GetBytes(MiB);

    private readonly byte[] _prefix;
    private readonly long _size;

    public LargeMediaContent(long size)
    {
        // A box with a 64-bit length (ISO/IEC 14496-12, 4.2).
        var box = new byte[16];
        box[3] = 1;
        "free"u8.CopyTo(box.AsSpan(4));
        BinaryPrimitives.WriteInt64BigEndian(box.AsSpan(8), size - ApiCalls.Video.Length);
        (_prefix, _size) = ([.. ApiCalls.Video, .. box], size);
        Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
    }

    public async Task<string> Digest()
    {
        using var sha = SHA256.Create();
        await using var stream = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write);
        await Write(stream);
        await stream.FlushFinalBlockAsync();
        return Convert.ToHexStringLower(sha.Hash!);
    }

    public async Task Write(Stream stream)
    {
        await stream.WriteAsync(_prefix);
        for (var remaining = _size - _prefix.Length; remaining > 0; remaining -= Noise.Length)
            await stream.WriteAsync(Noise.AsMemory(0, (int)Math.Min(remaining, Noise.Length)));
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Write(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = _size;
        return true;
    }
}
