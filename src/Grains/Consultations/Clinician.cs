namespace Replays.Grains.Consultations;

/// <summary>Who treats: the id their token bears, and the name the patient knows.</summary>
[GenerateSerializer, Immutable, Alias("replays.clinician")]
public sealed record Clinician([property: Id(0)] string Id, [property: Id(1)] string Name);
