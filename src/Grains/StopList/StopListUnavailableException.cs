namespace Replays.Grains.StopList;

/// <summary>
/// The stop list of this process is outdated: it lost the database, was paused, or left the cluster. It must not answer about replays.
/// </summary>
[GenerateSerializer, Alias("replays.stop-list-unavailable")]
public sealed class StopListUnavailableException() : Exception("The stop list is unavailable. Try again shortly.");
