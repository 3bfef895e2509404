namespace Replays.Grains.Patients;

/// <summary>A replay with its data key, unwrapped with the key of the patient whose list it is in.</summary>
[GenerateSerializer, Immutable, Alias("replays.replay-media")]
public sealed record ReplayMedia([property: Id(0)] ListedReplay Listed, [property: Id(1)] byte[] DataKey);
