namespace Replays.Grains.Consultations;

/// <summary>A withdrawal that may not have reached the patient's list yet. Without a mode it covers all recordings.</summary>
[GenerateSerializer, Immutable, Alias("replays.pending-withdrawal")]
public sealed record PendingWithdrawal(
    [property: Id(0)] ConsultationMode? Mode, [property: Id(1)] string Reason, [property: Id(2)] Actor By);
