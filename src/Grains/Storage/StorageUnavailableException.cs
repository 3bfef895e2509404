namespace Replays.Grains.Storage;

/// <summary>The database is unreachable or failed. Whether the change is stored is unknown; the call may be repeated later.</summary>
/// <remarks>Replaces the driver's exceptions, which cannot be sent between processes and may quote stored values.</remarks>
[GenerateSerializer, Alias("replays.storage-unavailable")]
public sealed class StorageUnavailableException() : Exception("Storage is unavailable. It is unknown whether the change is stored.");
