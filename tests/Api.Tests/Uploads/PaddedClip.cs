using System.Buffers.Binary;
using System.Security.Cryptography;
using Replays.Api.Tests.Http;

namespace Replays.Api.Tests.Uploads;

/// <summary>A real clip, followed by a <c>free</c> box of any size, which players skip.</summary>
internal static class PaddedClip
{
    private const int HeaderBytes = 8;

    public static byte[] WithPadding(ReadOnlySpan<byte> padding) =>
        [.. Start(ApiProcess.Video.Length + HeaderBytes + padding.Length), .. padding];

    /// <summary>Pads with random bytes.</summary>
    public static byte[] Create(int length) =>
        WithPadding(RandomNumberGenerator.GetBytes(length - ApiProcess.Video.Length - HeaderBytes));

    /// <summary>Writes a file padded with random bytes.</summary>
    /// <returns>The SHA-256 of the file in hexadecimal.</returns>
    public static async Task<string> Write(string path, long length, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = File.Create(path);
        var part = Start(length);
        for (var left = length; left > 0; part = RandomNumberGenerator.GetBytes((int)Math.Min(left, 1 << 20)))
        {
            hash.AppendData(part);
            await file.WriteAsync(part, cancellation);
            left -= part.Length;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] Start(long length)
    {
        var size = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(size, checked((uint)(length - ApiProcess.Video.Length)));
        return [.. ApiProcess.Video, .. size, .. "free"u8];
    }
}
