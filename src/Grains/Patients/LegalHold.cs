namespace Replays.Grains.Patients;

/// <summary>
/// Prevents retention, withdrawal and erasure from destroying a patient's data during a dispute or an inquiry (GDPR Art. 17(3)(e)).
/// </summary>
[GenerateSerializer, Immutable, Alias("replays.legal-hold")]
public sealed record LegalHold([property: Id(0)] string Reason, [property: Id(1)] DateTimeOffset Since, [property: Id(2)] Actor By);
