namespace Replays.Grains.Consultations;

/// <summary>The treating clinician: the subject of their token and the name the patient sees.</summary>
[GenerateSerializer, Immutable, Alias("replays.clinician")]
public sealed record Clinician([property: Id(0)] string Id, [property: Id(1)] string Name);
