namespace Replays.Grains.Patients;

/// <summary>Keeps a patient's data from being destroyed during a dispute or an inquiry (GDPR Art. 17(3)(e)).</summary>
[GenerateSerializer, Immutable, Alias("replays.legal-hold")]
public sealed record LegalHold([property: Id(0)] string Reason, [property: Id(1)] DateTimeOffset Since, [property: Id(2)] Actor By);
