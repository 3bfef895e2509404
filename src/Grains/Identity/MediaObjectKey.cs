using System.Buffers;
using System.Security.Cryptography;

namespace Replays.Grains.Identity;

/// <summary>Media object keys: 128 random bits in lower-case hexadecimal. They reveal nothing about anyone and are never reused.</summary>
public static class MediaObjectKey
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    public static string Create() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static bool IsValid(string? key) => key is { Length: 32 } && !key.AsSpan().ContainsAnyExcept(Hexadecimal);

    /// <exception cref="ArgumentException">Not an object key: nothing else may become part of a path.</exception>
    public static string Require(string? key) => IsValid(key) ? key! : throw new ArgumentException("Not a media object key.", nameof(key));
}
