namespace Replays.Grains.Safeguards;

/// <summary>A stored record bears another owner's name. Nothing of it is returned; an incident is opened.</summary>
[GenerateSerializer, Alias("replays.ownership-mismatch")]
public sealed class OwnershipMismatchException() : Exception("A stored record bears another owner's name and was rejected.");
