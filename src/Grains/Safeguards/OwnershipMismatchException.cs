namespace Replays.Grains.Safeguards;

/// <summary>The record under this grain's key bears another name. Nothing of it is returned; an incident is open.</summary>
[GenerateSerializer, Alias("replays.ownership-mismatch")]
public sealed class OwnershipMismatchException() : Exception("A stored record bears another owner's name and was rejected.");
