namespace Replays.Media.Encryption;

/// <summary>Segments written by one writer without interruption, under one key.</summary>
/// <param name="First">Number of its first segment; it ends where the next run begins.</param>
/// <param name="Salt">16 random bytes; key and nonce prefix are derived from them and the data key.</param>
internal readonly record struct Run(long First, ReadOnlyMemory<byte> Salt);
