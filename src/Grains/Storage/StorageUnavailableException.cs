namespace Replays.Grains.Storage;

/// <summary>
/// The database did not answer, or answered with an error. Whether what was being written is stored is unknown; the same call may be
/// repeated once the database is back.
/// </summary>
/// <remarks>Stands in for the database driver's own exceptions, which can't travel between processes and may quote what was written.</remarks>
[GenerateSerializer, Alias("replays.storage-unavailable")]
public sealed class StorageUnavailableException() : Exception("Storage is unavailable; whether the change is stored is unknown.");
