namespace Replays.Media.Encryption;

/// <summary>Segments written by one writer without interruption, under one key.</summary>
/// <param name="First">Number of its first segment; it ends where the next run begins.</param>
/// <param name="Salt">16 random bytes from which, with the data key, its key and nonce prefix are derived.</param>
public readonly record struct Run(long First, ReadOnlyMemory<byte> Salt);
