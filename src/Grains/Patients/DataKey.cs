namespace Replays.Grains.Patients;

/// <summary>A data key, 256 bits, in plain form and wrapped under the patient's key.</summary>
[GenerateSerializer, Immutable, Alias("replays.data-key")]
public sealed record DataKey([property: Id(0)] byte[] Plain, [property: Id(1)] byte[] Wrapped);
