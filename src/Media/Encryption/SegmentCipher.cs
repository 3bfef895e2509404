using System.Security.Cryptography;

namespace Replays.Media.Encryption;

/// <summary>Seals and opens segments under one derived key. Nothing is allocated per segment. Not for concurrent use.</summary>
public sealed class SegmentCipher : IDisposable
{
    private readonly AesGcm _aes;
    private readonly byte[] _prefix, _associated;

    public SegmentCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> prefix, byte[] associated)
    {
        _aes = new AesGcm(key, MediaFormat.TagBytes);
        _prefix = prefix.ToArray();
        _associated = associated;
    }

    /// <summary>Writes ciphertext and tag: 16 bytes more than the plaintext.</summary>
    public void Encrypt(long segment, bool last, ReadOnlySpan<byte> plaintext, Span<byte> sealedSegment)
    {
        Span<byte> nonce = stackalloc byte[MediaFormat.NonceBytes];
        MediaFormat.WriteNonce(nonce, _prefix, segment, last);
        _aes.Encrypt(nonce, plaintext, sealedSegment[..plaintext.Length], sealedSegment[plaintext.Length..], _associated);
    }

    /// <exception cref="MediaIntegrityException">It is not what was sealed at this place; the plaintext buffer is left zeroed.</exception>
    public void Decrypt(long segment, bool last, ReadOnlySpan<byte> sealedSegment, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[MediaFormat.NonceBytes];
        MediaFormat.WriteNonce(nonce, _prefix, segment, last);
        try
        {
            _aes.Decrypt(nonce, sealedSegment[..plaintext.Length], sealedSegment[plaintext.Length..], plaintext, _associated);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new MediaIntegrityException(e);
        }
    }

    public void Dispose() => _aes.Dispose();
}
