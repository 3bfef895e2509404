namespace Replays.Media.Encryption;

/// <param name="Offset">Bytes of the upload that are durable now.</param>
public readonly record struct AppendResult(AppendStatus Status, long Offset);
