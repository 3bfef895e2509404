namespace Replays.Grains.Patients;

/// <summary>What is kept because of a dispute or an inquiry, whatever retention, withdrawal or erasure would do (GDPR Art. 17(3)(e)).</summary>
[GenerateSerializer, Immutable, Alias("replays.legal-hold")]
public sealed record LegalHold([property: Id(0)] string Reason, [property: Id(1)] DateTimeOffset Since, [property: Id(2)] Actor By);
