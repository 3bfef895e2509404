using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Replays.Media.Encryption;

/// <summary>
/// The byte layout of encrypted media, version 1; published in <c>docs/decisions/media-encryption.md</c>.
/// STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015)
/// over AES-256-GCM, with keys and nonces derived as in Tink's AES-GCM-HKDF-Streaming.
/// </summary>
internal static class MediaFormat
{
    public const int SegmentBytes = 64 * 1024, TagBytes = 16, EncryptedSegmentBytes = SegmentBytes + TagBytes;
    public const int KeyBytes = 32, SaltBytes = 16, NonceBytes = 12, PrefixBytes = 7;

    private static ReadOnlySpan<byte> RunLabel => "Orleans.Replays media 1 run"u8;
    private static ReadOnlySpan<byte> CheckpointLabel => "Orleans.Replays media 1 checkpoint"u8;

    /// <summary>An empty object has one empty last segment, which proves that nothing is missing.</summary>
    public static long Segments(long length) => length == 0 ? 1 : (length - 1) / SegmentBytes + 1;

    public static long EncryptedLength(long length) => length + Segments(length) * TagBytes;

    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(SaltBytes);

    /// <summary>The cipher of a run of segments.</summary>
    public static SegmentCipher Run(MediaObject media, ReadOnlySpan<byte> salt) => Derive(media, salt, RunLabel);

    /// <summary>The cipher of one checkpoint, which is a stream of a single segment.</summary>
    public static SegmentCipher Checkpoint(MediaObject media, ReadOnlySpan<byte> salt) => Derive(media, salt, CheckpointLabel);

    private static SegmentCipher Derive(MediaObject media, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label)
    {
        if (media.DataKey.Length != KeyBytes)
            throw new ArgumentException("The data key must have 32 bytes.", nameof(media));

        ArgumentException.ThrowIfNullOrEmpty(media.Name);
        Span<byte> derived = stackalloc byte[KeyBytes + PrefixBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, media.DataKey.Span, derived, salt, label);
        try
        {
            // The object key has a fixed length, so no two pairs of key and name yield the same bytes.
            var associatedData = Encoding.UTF8.GetBytes(MediaObjectKey.Require(media.ObjectKey) + media.Name);
            return new(derived[..KeyBytes], derived[KeyBytes..], associatedData);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    public static void WriteNonce(Span<byte> nonce, ReadOnlySpan<byte> prefix, long segment, bool last)
    {
        prefix.CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[PrefixBytes..], checked((uint)segment));
        nonce[NonceBytes - 1] = last ? (byte)1 : (byte)0;
    }
}
