using System.Security.Cryptography;

namespace Replays.Media.Encryption;

/// <summary>The checksum of one append (tus 1.0.0, checksum extension).</summary>
/// <param name="Algorithm">SHA-1 or SHA-256.</param>
public readonly record struct UploadChecksum(HashAlgorithmName Algorithm, ReadOnlyMemory<byte> Digest);
