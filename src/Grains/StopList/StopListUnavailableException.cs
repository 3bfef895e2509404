namespace Replays.Grains.StopList;

/// <summary>The stop list is outdated: the process lost the database, was paused, or left the cluster. Nothing may be shown.</summary>
[GenerateSerializer, Alias("replays.stop-list-unavailable")]
public sealed class StopListUnavailableException() : Exception("The stop list is unavailable. Try again shortly.");
