namespace Replays.Grains.Patients;

/// <summary>The permanent removal of a replay from its patient's list.</summary>
[GenerateSerializer, Immutable, Alias("replays.withdrawal")]
public sealed record Withdrawal([property: Id(0)] string Reason, [property: Id(1)] DateTimeOffset At, [property: Id(2)] Actor By);
