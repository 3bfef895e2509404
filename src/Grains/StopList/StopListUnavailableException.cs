namespace Replays.Grains.StopList;

/// <summary>
/// This process does not know what is stopped now: it is cut off from the database, slept, or is no member of the cluster any more.
/// It says nothing about replays.
/// </summary>
[GenerateSerializer, Alias("replays.stop-list-unavailable")]
public sealed class StopListUnavailableException() : Exception("What is stopped is not known at the moment.");
