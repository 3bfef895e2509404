using System.Security.Cryptography;

namespace Replays.Media.Encryption;

/// <summary>Encrypts and decrypts segments under one derived key, without allocation per segment. Not for concurrent use.</summary>
internal sealed class SegmentCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> prefix, byte[] associatedData) : IDisposable
{
    private readonly AesGcm _aes = new(key, MediaFormat.TagBytes);
    private readonly byte[] _prefix = prefix.ToArray();

    /// <summary>Writes ciphertext and tag: 16 bytes more than the plaintext.</summary>
    public void Encrypt(long segment, bool last, ReadOnlySpan<byte> plaintext, Span<byte> encrypted)
    {
        Span<byte> nonce = stackalloc byte[MediaFormat.NonceBytes];
        MediaFormat.WriteNonce(nonce, _prefix, segment, last);
        _aes.Encrypt(nonce, plaintext, encrypted[..plaintext.Length], encrypted[plaintext.Length..], associatedData);
    }

    /// <exception cref="MediaIntegrityException">Not encrypted for this position. The plaintext buffer is zeroed.</exception>
    public void Decrypt(long segment, bool last, ReadOnlySpan<byte> encrypted, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[MediaFormat.NonceBytes];
        MediaFormat.WriteNonce(nonce, _prefix, segment, last);
        try
        {
            _aes.Decrypt(nonce, encrypted[..plaintext.Length], encrypted[plaintext.Length..], plaintext, associatedData);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new MediaIntegrityException(e);
        }
    }

    public void Dispose() => _aes.Dispose();
}
