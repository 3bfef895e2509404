using System.Buffers.Binary;
using System.Security.Cryptography;
using Replays.Api.Tests.Http;

namespace Replays.Api.Tests.Uploads;

/// <summary>A real clip as large as it is wanted: after it, in a box that players pass over, random bytes.</summary>
internal static class PaddedClip
{
    private const int HeaderBytes = 8;

    public static byte[] Of(int length)
    {
        var clip = RandomNumberGenerator.GetBytes(length);
        Start(length).CopyTo(clip, 0);
        return clip;
    }

    /// <returns>Its SHA-256 in hexadecimal.</returns>
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
        var start = new byte[ApiProcess.Video.Length + HeaderBytes];
        ApiProcess.Video.CopyTo(start, 0);
        BinaryPrimitives.WriteUInt32BigEndian(start.AsSpan(ApiProcess.Video.Length), checked((uint)(length - ApiProcess.Video.Length)));
        "free"u8.CopyTo(start.AsSpan(ApiProcess.Video.Length + sizeof(uint)));
        return start;
    }
}
