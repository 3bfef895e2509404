namespace Replays.Media.Encryption;

/// <summary>The result of reading a finished object from beginning to end.</summary>
/// <param name="Intact">Every byte decrypted under this recording's name and key.</param>
/// <param name="Length">Plaintext bytes; 0 when not intact.</param>
/// <param name="Sha256">SHA-256 of the plaintext in lower-case hexadecimal; empty when not intact.</param>
public readonly record struct Verification(bool Intact, long Length, string Sha256);
