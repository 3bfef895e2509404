namespace Replays.Media.Encryption;

/// <summary>A finished object.</summary>
/// <param name="Length">Plaintext bytes.</param>
/// <param name="StoredBytes">Bytes of the encrypted body.</param>
public readonly record struct MediaInfo(long Length, long StoredBytes);
