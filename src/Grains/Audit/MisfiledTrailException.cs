namespace Replays.Grains.Audit;

/// <summary>What is stored under a trail's name bears another's, or is not what follows: nothing is read from it or appended to it.</summary>
[GenerateSerializer, Alias("replays.misfiled-trail")]
public sealed class MisfiledTrailException() : Exception("A stored audit trail is not where it belongs.");
